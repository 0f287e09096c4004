import type { Response } from 'express';
import { type Person, photoOf, photoSizes } from '../../directory/people.ts';
import { GraphError, notImplemented } from '../graph-error.ts';
import { answerJson, contextOf } from '../odata-answer.ts';

const missing = () =>
  new GraphError(
    404,
    'ImageNotFound',
    "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
  );

/** Answers with the picture. Graph offers more sizes ("Get profilePhoto") than are kept here; nothing is resized. */
export function answerPhoto(response: Response, person: Person, asked: string = photoSizes[0]): void {
  const size = photoSizes.find((kept) => kept === asked.toLowerCase());
  if (!size) throw notImplemented(`photos of the size ${asked}, only ${photoSizes.join(' and ')}`);
  const photo = photoOf(person.id, size);
  if (!photo) throw missing();
  response.status(200).set('Content-Type', 'image/jpeg').send(photo);
}

/** Answers with the `profilePhoto` resource that describes the picture. */
export function answerPhotoMetadata(response: Response, person: Person, graphBaseUrl: string): void {
  if (!photoOf(person.id)) throw missing();
  answerJson(response, 200, {
    '@odata.context': contextOf(graphBaseUrl, `users('${person.id}')/photo`, null),
    '@odata.mediaContentType': 'image/jpeg',
    id: photoSizes[0],
    width: 240,
    height: 240,
  });
}
