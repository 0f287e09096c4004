import { type Environment, isOnThisMachine } from '@obo/app-registration';
import { z } from 'zod';

/** The identity provider as the middle tier's file has it. */
export interface ExpectedProvider {
  /** Of its OpenID configuration. */
  url: string;
  issuer: string;
  /** Whether AUTHORITY_METADATA says so, and not AUTHORITY. */
  isTold: boolean;
  /** Addresses that are plain http, and not on this machine. */
  insecure: readonly string[];
}

const toldSchema = z.looseObject({ issuer: z.string() });
const plainHttp = z.url({ protocol: /^http$/ }).refine((url) => !isOnThisMachine(url));

/**
 * Where the identity provider says what it is, and what the APIs expect there; `null` where the file does not say.
 *
 * @param localTenantUrl Origin of the local tenant, if it is the one that is meant.
 */
export function expectedProvider(
  { AUTHORITY, AUTHORITY_METADATA, TENANT_ID }: Environment,
  localTenantUrl: string | null,
): ExpectedProvider | null {
  if (!AUTHORITY || !TENANT_ID || !URL.canParse(AUTHORITY)) return null;
  const authority = AUTHORITY.replace(/\/+$/, '');
  const told = toldSchema.safeParse(parse(AUTHORITY_METADATA)).data;
  const base = localTenantUrl === null ? authority : `${localTenantUrl}/${TENANT_ID}`;
  return {
    url: `${base}/v2.0/.well-known/openid-configuration`,
    issuer: told?.issuer ?? `${new URL(authority).origin}/${TENANT_ID}/v2.0`,
    isTold: told !== undefined,
    insecure: [authority, ...Object.values(told ?? {})].flatMap((url) => plainHttp.safeParse(url).data ?? []),
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
