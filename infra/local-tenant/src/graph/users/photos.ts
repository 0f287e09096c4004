import type { Response } from 'express';
import { photoOf, photoSizes, type User } from '../../directory/users.ts';
import { GraphError, notImplemented } from '../graph-error.ts';
import { contextOf, sendJson } from '../odata-response.ts';

const missing = () =>
  new GraphError(
    404,
    'ImageNotFound',
    "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
  );

/**
 * Sends the photo. Graph has more sizes ("Get profilePhoto") than are stored here; nothing is resized.
 *
 * @throws {GraphError} 404 if there is no photo, 501 for another size.
 */
export function sendPhoto(response: Response, user: User, requestedSize: string = photoSizes[0]): void {
  const size = photoSizes.find((stored) => stored === requestedSize.toLowerCase());
  if (!size) throw notImplemented(`photos of the size ${requestedSize}, only ${photoSizes.join(' and ')}`);
  const photo = photoOf(user.id, size);
  if (!photo) throw missing();
  response.status(200).set('Content-Type', 'image/jpeg').send(photo);
}

/**
 * Sends the `profilePhoto` resource that describes the photo.
 *
 * @throws {GraphError} 404 if there is no photo.
 */
export function sendPhotoMetadata(response: Response, user: User, graphBaseUrl: string): void {
  if (!photoOf(user.id)) throw missing();
  sendJson(response, 200, {
    '@odata.context': contextOf(graphBaseUrl, `users('${user.id}')/photo`, null),
    '@odata.mediaContentType': 'image/jpeg',
    id: photoSizes[0],
    width: 240,
    height: 240,
  });
}
