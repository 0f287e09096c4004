import type { Directory } from '../../directory/directory.ts';
import type { Application } from '../../directory/schema.ts';
import { readKey } from '../entity-key.ts';
import { badRequest, notFound } from '../graph-error.ts';

/**
 * The application that a path segment names, by id or alternate key.
 *
 * @throws {GraphError} 404 when there is none.
 */
export function findApplication(directory: Directory, segment: string): Application {
  const { property, value } = readKey(segment);
  const application = lookUp(directory, property, value);
  if (!application) throw notFound(value);
  return application;
}

/** The application with that key, or `undefined`. */
export function lookUp({ state }: Directory, property: string, value: string): Application | undefined {
  if (property !== 'id' && property !== 'appId' && property !== 'uniqueName') {
    throw badRequest(
      `Property '${property}' is not a key of the type 'microsoft.graph.application'.`,
      'BadRequest',
    );
  }
  return state.applications.find((application) => application[property] === value);
}
