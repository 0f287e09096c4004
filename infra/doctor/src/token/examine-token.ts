import type { AppDescription, AppKey, Environment } from '@obo/app-registration';
import type { Observation } from '../finding.ts';
import type { KeySet } from '../identity-provider/read-provider.ts';
import { checkToken } from './check-token.ts';
import { expectingApis } from './expecting-api.ts';
import { verifySignature } from './verify-signature.ts';

/** Verifies a token as far as it goes, and says what each API makes of it. */
export async function examineToken(
  token: string,
  apps: readonly AppDescription[],
  environments: Readonly<Record<AppKey, Environment>>,
  keys: KeySet | null,
  now: Date,
): Promise<Observation[]> {
  const signature = await verifySignature(token, keys);
  return checkToken(token, signature, expectingApis(apps, environments), now.getTime() / 1000);
}
