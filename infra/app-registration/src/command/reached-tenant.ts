/** A tenant, local or real, as far as it is known before anybody signs in. */
export interface ReachedTenant {
  kind: 'local' | 'real';
  /** Origin of the identity provider. */
  authorityUrl: string;
  authorityMetadata?: { issuer: string } & Record<string, string>;
  graphBaseUrl: string;
  /** What Graph's scopes start with, if not as usual. */
  graphResource?: string;
  tokenExchangeAudience: string;
  getToken(): Promise<string>;
  /** What the person signed in with; `null` before. */
  signedInWith(): string | null;
}
