import type { ErrorRow } from './error-row.ts';

/** Errors about the request: parameters missing, duplicated, malformed, or sent to the wrong endpoint. */
export const requestErrors = {
  90002: {
    error: 'invalid_request',
    text: (tenant: string) =>
      `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  },
  900023: {
    error: 'invalid_request',
    text: (tenant: string) =>
      `Specified tenant identifier '${tenant}' is neither a valid DNS name, nor a valid external domain.`,
  },
  90014: {
    error: 'invalid_request',
    text: (field: string) =>
      `The required field '${field}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.`,
  },
  90023: {
    error: 'invalid_request',
    text: (parameter: string) => `Unsupported '${parameter}' value.`,
  },
  900144: {
    error: 'invalid_request',
    text: (parameter: string) => `The request body must contain the following parameter: '${parameter}'.`,
  },
  900561: {
    error: 'invalid_request',
    text: (method: string) => `The endpoint only accepts POST requests. Received a ${method} request.`,
  },
  9000410: {
    error: 'invalid_request',
    text: () => 'Malformed JSON.',
  },
  9000411: {
    error: 'invalid_request',
    text: (parameter: string) =>
      `The request is not properly formatted. The parameter '${parameter}' is duplicated.`,
  },
  9002313: {
    error: 'invalid_request',
    text: () => 'Invalid request. Request is malformed or invalid.',
  },
  9002346: {
    error: 'invalid_request',
    text: (appId: string, name: string) =>
      `Application '${appId}'(${name}) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request.`,
  },
  9010010: {
    error: 'invalid_target',
    text: () => "The resource parameter provided in the request doesn't match with the requested scopes.",
  },
  50027: { error: 'invalid_request', text: () => 'JWT token is invalid or malformed.' },
  50059: {
    error: 'invalid_request',
    text: () =>
      'No tenant-identifying information found in either the request or implied by any provided credentials.',
  },
  50194: {
    error: 'invalid_request',
    text: (appId: string, name: string) =>
      `Application '${appId}'(${name}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
  },
} satisfies Record<number, ErrorRow>;
