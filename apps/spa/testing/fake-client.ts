import {
  type AccountInfo,
  type AuthenticationResult,
  type IPublicClientApplication,
  Logger,
  stubbedPublicClientApplication,
} from '@azure/msal-browser';
import type { SpaConfiguration } from '../src/configuration/configuration-schema.ts';

export const configuration: SpaConfiguration = {
  clientId: '11111111-1111-4111-8111-111111111111',
  authority: 'https://login.example/contoso',
  apiBaseUrl: 'https://api.example/',
  apiAppIdUri: 'api://middle-tier',
};

export const account: AccountInfo = {
  homeAccountId: 'oid.tid',
  localAccountId: 'oid',
  tenantId: 'tid',
  environment: 'login.example',
  username: 'priya.raman@contoso.example',
  name: 'Priya Raman',
};

/** Creates MSAL's client with a signed-in user, and the methods that a test replaces. */
export const createFakeClient = (
  methods: Partial<IPublicClientApplication> = {},
): IPublicClientApplication => ({
  ...stubbedPublicClientApplication,
  initialize: async () => undefined,
  initializeWrapperLibrary: () => undefined,
  getLogger: () => new Logger({}),
  handleRedirectPromise: async () => null,
  getAllAccounts: () => [account],
  getActiveAccount: () => account,
  setActiveAccount: () => undefined,
  acquireTokenSilent: async () => createResult('token'),
  ...methods,
});

/** Creates the result of a successful request to the identity provider. */
export const createResult = (accessToken: string): AuthenticationResult => ({
  accessToken,
  account,
  authority: configuration.authority,
  uniqueId: 'oid',
  tenantId: 'tid',
  scopes: [],
  idToken: '',
  idTokenClaims: {},
  fromCache: true,
  expiresOn: null,
  tokenType: 'Bearer',
  correlationId: '22222222-2222-4222-8222-222222222222',
});
