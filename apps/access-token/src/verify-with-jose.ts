import { errors, jwtVerify } from 'jose';
import { TokenRejected } from './access-token.ts';
import type { VerifyOptions, VerifyToken } from './verify-token.ts';

/** Creates a verifier that uses jose. */
export function verifyWithJose(options: VerifyOptions): VerifyToken {
  return async (token, key) => {
    try {
      const { payload } = await jwtVerify(token, key, {
        issuer: options.issuers,
        audience: options.audiences,
        algorithms: ['RS256'],
        typ: 'JWT',
        clockTolerance: options.clockTolerance,
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new TokenRejected(`rejected by jose (${error.code})`);
      throw error;
    }
  };
}
