import { errors, jwtVerify } from 'jose';
import { TokenRejected, type VerifyOptions, type VerifyToken } from './validator.ts';

/** Verifies tokens with jose. It can take the place of passport-azure-ad, which is archived upstream. */
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
      if (error instanceof errors.JOSEError) throw new TokenRejected(`jose refused it (${error.code})`);
      throw error;
    }
  };
}
