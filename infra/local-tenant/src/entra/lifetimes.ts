/**
 * Lifetimes, in seconds. They can be changed while the tenant runs; what was already issued keeps its expiry.
 * Defaults: "Configurable token lifetimes" and "Refresh tokens in the Microsoft identity platform".
 */
export interface Lifetimes {
  accessToken: number;
  /**
   * When clients should renew an access token (`refresh_in`). `null`: after half its lifetime if that is two hours or
   * longer, otherwise never.
   */
  renewal: number | null;
  refreshToken: number;
  /** Refresh tokens of single-page applications. Renewed ones keep the expiry of the first. */
  spaRefreshToken: number;
  authorizationCode: number;
  /** Device codes, and the user codes that go with them. */
  deviceCode: number;
  /** Minimum time between two polls of a device. */
  devicePolling: number;
  /** Sign-in sessions in the browser. */
  session: number;
}

const hour = 60 * 60;
const day = 24 * hour;

export const defaultLifetimes: Readonly<Lifetimes> = {
  accessToken: hour,
  renewal: null,
  refreshToken: 90 * day,
  spaRefreshToken: day,
  authorizationCode: 10 * 60,
  deviceCode: 15 * 60,
  devicePolling: 5,
  session: day,
};
