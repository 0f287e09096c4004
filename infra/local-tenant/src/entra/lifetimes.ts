/**
 * How long things live, in seconds. Can be changed while the tenant runs; what was issued before keeps its end.
 * Defaults: "Configurable token lifetimes" and "Refresh tokens in the Microsoft identity platform".
 */
export interface Lifetimes {
  accessToken: number;
  /** After which clients are asked to renew an access token (`refresh_in`); `null`: half of two hours and more, or never. */
  renewal: number | null;
  refreshToken: number;
  /** Refresh tokens of single-page applications. The first one's end holds for all that follow from it. */
  spaRefreshToken: number;
  authorizationCode: number;
  /** Device codes, and the user codes that go with them. */
  deviceCode: number;
  /** What a device must let pass between two polls. */
  devicePolling: number;
  /** The sign-in session in the browser. */
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
