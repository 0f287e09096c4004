import type { Directory } from '../../directory/directory.ts';
import type { Application } from '../../directory/schema.ts';
import { readKey } from '../entity-key.ts';
import { badRequest, notFound } from '../graph-error.ts';

/**
 * Finds the application for a path segment, by ID or alternate key.
 *
 * @throws {GraphError} 404 if there is none.
 */
export function findApplication(directory: Directory, segment: string): Application {
  const { property, value } = readKey(segment);
  const application = lookUp(directory, property, value);
  if (!application) throw notFound(value);
  return application;
}

/** Finds the application with that key, or returns `undefined`. */
export function lookUp({ state }: Directory, property: string, value: string): Application | undefined {
  if (property !== 'id' && property !== 'appId' && property !== 'uniqueName') {
    throw badRequest(
      `Property '${property}' is not a key of the type 'microsoft.graph.application'.`,
      'BadRequest',
    );
  }
  return state.applications.find((application) => application[property] === value);
}
