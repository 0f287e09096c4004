import { type Environment, isOnThisMachine } from '@obo/app-registration';
import { z } from 'zod';

/** The identity provider that the middle tier's file names. */
export interface ExpectedProvider {
  /** URL of its OpenID configuration. */
  url: string;
  issuer: string;
  /** The issuer is from AUTHORITY_METADATA, not from AUTHORITY. */
  isFromMetadata: boolean;
  /** URLs with plain http that are not on this machine. */
  insecure: readonly string[];
}

const metadataSchema = z.looseObject({ issuer: z.string() });
const plainHttp = z.url({ protocol: /^http$/ }).refine((url) => !isOnThisMachine(url));

/**
 * Returns the identity provider that the APIs expect.
 *
 * @param localTenantUrl Origin of the local tenant; `null` for a real tenant.
 * @returns `null` when the file names no identity provider.
 */
export function expectedProvider(
  { AUTHORITY, AUTHORITY_METADATA, TENANT_ID }: Environment,
  localTenantUrl: string | null,
): ExpectedProvider | null {
  if (!AUTHORITY || !TENANT_ID || !URL.canParse(AUTHORITY)) return null;
  const authority = AUTHORITY.replace(/\/+$/, '');
  const metadata = metadataSchema.safeParse(parse(AUTHORITY_METADATA)).data;
  const base = localTenantUrl === null ? authority : `${localTenantUrl}/${TENANT_ID}`;
  return {
    url: `${base}/v2.0/.well-known/openid-configuration`,
    issuer: metadata?.issuer ?? `${new URL(authority).origin}/${TENANT_ID}/v2.0`,
    isFromMetadata: metadata !== undefined,
    insecure: [authority, ...Object.values(metadata ?? {})].flatMap(
      (url) => plainHttp.safeParse(url).data ?? [],
    ),
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
