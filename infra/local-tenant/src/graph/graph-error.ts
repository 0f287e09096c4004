/** An answer of Microsoft Graph that is not a success. See "Microsoft Graph error responses and resource types". */
export class GraphError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly { code: string; message: string; target: string }[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { details?: GraphError['details']; headers?: GraphError['headers'] } = {},
  ) {
    super(message);
    this.name = 'GraphError';
    this.status = status;
    this.code = code;
    this.details = extra.details ?? [];
    this.headers = extra.headers ?? {};
  }
}

/** The directory rejects the request as it is. */
export const badRequest = (message: string, code = 'Request_BadRequest') =>
  new GraphError(400, code, message);

export const invalidValue = (property: string, resource: string) =>
  badRequest(`Invalid value specified for property '${property}' of resource '${resource}'.`);

/** Another object, perhaps a deleted one, has the value already. */
export function conflict(property: string): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`;
  return new GraphError(400, 'Request_BadRequest', message, {
    details: [{ code: 'ObjectConflict', message, target: property }],
  });
}

export const notFound = (id: string) =>
  new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );

/** The token lacks the permission, or the signed-in user lacks the directory role. Graph does not say which. */
export const insufficientPrivileges = () =>
  new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');

/** What Microsoft Graph may well do and this stand-in does not. Never a plausible success. */
export const notImplemented = (what: string) =>
  new GraphError(501, 'notImplemented', `The local tenant does not implement ${what}. Microsoft Graph may.`);
