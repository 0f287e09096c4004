import type { ErrorRow } from './error-row.ts';

const whereKeysAre = (appId: string) =>
  `Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${appId}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/${appId}'`;

const certificateCredentials =
  'Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .';

const federation = 'https://learn.microsoft.com/entra/workload-id/workload-identity-federation';
const noFederatedRecord = 'No matching federated identity record found for presented assertion';

/** Errors about the application: it is unknown, registered differently, or cannot authenticate. */
export const clientErrors = {
  50011: {
    error: 'invalid_request',
    text: (redirectUri: string, appId: string) =>
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${appId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this.`,
  },
  500112: {
    error: 'invalid_client',
    status: 401,
    text: (sent: string, expected: string) =>
      `The reply address '${sent}' does not match the reply address '${expected}' provided when requesting Authorization code.`,
  },
  500113: { error: 'invalid_request', text: () => 'No reply address is registered for the application.' },
  700016: {
    error: 'unauthorized_client',
    text: (appId: string, tenant: string) =>
      `Application with identifier '${appId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  },
  700038: {
    error: 'unauthorized_client',
    withoutPage: true,
    text: (appId: string) => `${appId} is not a valid application identifier.`,
  },
  7000112: {
    error: 'unauthorized_client',
    text: (appId: string, name: string) => `Application '${appId}'(${name}) is disabled.`,
  },
  7000215: {
    error: 'invalid_client',
    status: 401,
    text: (appId: string) =>
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${appId}'.`,
  },
  7000216: {
    error: 'invalid_client',
    status: 401,
    text: () =>
      `'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.`,
  },
  7000218: {
    error: 'invalid_client',
    status: 401,
    text: () =>
      `The request body must contain the following parameter: 'client_assertion' or 'client_secret'.`,
  },
  7000222: {
    error: 'invalid_client',
    status: 401,
    text: (appId: string) =>
      `The provided client secret keys for app '${appId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
  },
  70021: {
    error: 'invalid_client',
    status: 401,
    text: (issuer: string, subject: string, audience: string) =>
      `${noFederatedRecord}. Assertion Issuer: '${issuer}'. Assertion Subject: '${subject}'. Assertion Audience: '${audience}'. ${federation}`,
  },
  700211: {
    error: 'invalid_client',
    status: 401,
    text: (issuer: string) =>
      `${noFederatedRecord} issuer '${issuer}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federation}`,
  },
  700212: {
    error: 'invalid_client',
    status: 401,
    text: (audience: string) =>
      `${noFederatedRecord} audience '${audience}'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federation}`,
  },
  700213: {
    error: 'invalid_client',
    status: 401,
    text: (subject: string) =>
      `${noFederatedRecord} subject '${subject}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ${federation}`,
  },
  7002138: {
    error: 'invalid_client',
    status: 401,
    text: (subject: string) =>
      `${noFederatedRecord} subject '${subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Please make sure the case of your federated identity credential Subject matches the presented assertion. ${federation}`,
  },
  700226: {
    error: 'invalid_client',
    status: 401,
    text: () => 'Only MSI tokens may be used as Federated Identity Credentials for AAD issuer.',
  },
  7000272: {
    error: 'invalid_client',
    status: 401,
    text: (keyId: string, issuer: string) =>
      `The certificate with identifier ${keyId} used to sign the federated credential could not be found in the metadata of identity provider ${issuer}. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.`,
  },
  501661: { error: 'invalid_request', text: () => 'Request to External OIDC endpoint failed.' },
  700021: {
    error: 'invalid_client',
    status: 401,
    text: () =>
      `Client assertion application identifier doesn't match 'client_id' parameter. ${certificateCredentials}`,
  },
  700023: {
    error: 'invalid_client',
    status: 401,
    text: () => `Client assertion audience claim does not match Realm issuer. ${certificateCredentials}`,
  },
  700024: {
    error: 'invalid_client',
    status: 401,
    text: (now: string, from: string, until: string) =>
      `Client assertion is not within its valid time range. Current time: ${now}, assertion valid from ${from}, expiry time of assertion ${until}. ${certificateCredentials}`,
  },
  700025: {
    error: 'invalid_client',
    status: 401,
    text: () => `Client is public so neither 'client_assertion' nor 'client_secret' should be presented.`,
  },
  700027: {
    error: 'invalid_client',
    status: 401,
    text: (reason: string, thumbprint: string, appId: string) =>
      `Client assertion contains an invalid signature. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}', ${whereKeysAre(appId)}].`,
  },
  5002723: {
    error: 'invalid_client',
    status: 401,
    text: () =>
      'Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
  },
  5002738: {
    error: 'invalid_client',
    status: 401,
    text: (algorithm: string) =>
      `Invalid JWT token. '${algorithm}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256,PS256'`,
  },
} satisfies Record<number, ErrorRow>;
