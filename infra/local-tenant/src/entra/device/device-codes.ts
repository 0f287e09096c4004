import { randomBytes, randomInt } from 'node:crypto';
import type { Authentication } from '../tokens/authentication.ts';

/** A device that waits for a user to sign in. */
export interface DeviceAuthorization {
  clientId: string;
  userCode: string;
  /** The `scope` parameter as it was sent. */
  scope: string;
  /** The `claims` parameter as it was sent. */
  claims: string | undefined;
  expiresAt: Date;
  progress: 'pending' | 'approved' | 'declined' | 'redeemed';
  authentication: Authentication | undefined;
}

/** Device and user codes (RFC 8628 §3.2), kept in memory for an hour after they expire. */
export interface DeviceCodes {
  issue(
    request: Pick<DeviceAuthorization, 'clientId' | 'scope' | 'claims' | 'expiresAt'>,
    now: Date,
  ): { deviceCode: string; userCode: string };
  findByDeviceCode(deviceCode: string): DeviceAuthorization | undefined;
  /** Finds a device by what the user typed, ignoring case, spaces and hyphens. */
  findByUserCode(typed: string): DeviceAuthorization | undefined;
  approve(userCode: string, authentication: Authentication): void;
  decline(userCode: string): void;
  forget(): void;
}

const keptAfterExpiryMs = 60 * 60 * 1000;
/** No vowels, so that no code is a word, and no characters that look alike (RFC 8628 §6.1). */
const alphabet = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const userCodeLength = 9;

export function createDeviceCodes(): DeviceCodes {
  const authorizations = new Map<string, DeviceAuthorization>();
  const findByUserCode = (typed: string) => {
    const wanted = typed.replace(/[\s-]/g, '').toUpperCase();
    return [...authorizations.values()].find(({ userCode }) => userCode === wanted);
  };
  const settle = (userCode: string, changes: Partial<DeviceAuthorization>) => {
    const found = findByUserCode(userCode);
    if (found?.progress === 'pending') Object.assign(found, changes);
  };
  return {
    issue(request, now) {
      for (const [old, { expiresAt }] of authorizations) {
        if (expiresAt.getTime() + keptAfterExpiryMs < now.getTime()) authorizations.delete(old);
      }
      const deviceCode = randomBytes(48).toString('base64url');
      const userCode = Array.from(
        { length: userCodeLength },
        () => alphabet[randomInt(alphabet.length)],
      ).join('');
      authorizations.set(deviceCode, {
        ...request,
        userCode,
        progress: 'pending',
        authentication: undefined,
      });
      return { deviceCode, userCode };
    },
    findByDeviceCode: (deviceCode) => authorizations.get(deviceCode),
    findByUserCode,
    approve: (userCode, authentication) => settle(userCode, { progress: 'approved', authentication }),
    decline: (userCode) => settle(userCode, { progress: 'declined' }),
    forget: () => authorizations.clear(),
  };
}
