import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CredentialUnusable, readAssertion, readCertificate } from './credential-files.ts';

const guidOnly = z.guid();

/** The name of a file whose text can be used; so a wrong one is said at start. */
const fileOf = (read: (text: string) => unknown) =>
  z.string().superRefine((file, context) => {
    try {
      read(readFileSync(file, 'utf8'));
    } catch (error) {
      const message = error instanceof CredentialUnusable ? error.message : 'is not a file that can be read';
      context.addIssue({ code: 'custom', message });
    }
  });

/** Variables that say how the middle tier proves who it is. Exactly one of the first four is set. */
export const clientCredentialVariables = {
  CLIENT_SECRET: z
    .string()
    .min(16, 'is too short to be a client secret')
    .refine(
      (secret) => !guidOnly.safeParse(secret).success,
      "looks like the secret's ID: take its Value instead",
    )
    .optional()
    .describe("The Value of a client secret of the middle tier's registration"),
  CLIENT_CERTIFICATE_FILE: fileOf(readCertificate)
    .optional()
    .describe(
      "A PEM file with the private key and the certificate that the middle tier's registration knows",
    ),
  MANAGED_IDENTITY_CLIENT_ID: z
    .guid('must be a GUID')
    .optional()
    .describe(
      "The Client ID of the user-assigned managed identity that the middle tier's registration trusts",
    ),
  AZURE_FEDERATED_TOKEN_FILE: fileOf(readAssertion)
    .optional()
    .describe("The file with the token of a workload identity that the middle tier's registration trusts"),
  TOKEN_EXCHANGE_AUDIENCE: z
    .string()
    .default('api://AzureADTokenExchange')
    .describe('What a managed identity gets its token for; national clouds have their own'),
};

const credentialNames = [
  'CLIENT_SECRET',
  'CLIENT_CERTIFICATE_FILE',
  'MANAGED_IDENTITY_CLIENT_ID',
  'AZURE_FEDERATED_TOKEN_FILE',
] as const;

type Credentials = Partial<Record<(typeof credentialNames)[number], string | undefined>>;

const given = (variables: Credentials) => credentialNames.filter((name) => variables[name] !== undefined);

/** Checks that exactly one credential is configured: `.refine(...oneCredential)`. */
export const oneCredential = [
  (variables: Credentials): boolean => given(variables).length === 1,
  {
    path: [credentialNames.join(', ')],
    // Also when other variables are invalid: one message names every problem.
    when: () => true,
    error: ({ input }: { input?: unknown }) => {
      const names = given(z.looseObject({}).parse(input));
      return names.length === 0
        ? 'one of these must be set, to prove who this API is'
        : `only one of these may be set, and ${names.join(' and ')} are`;
    },
  },
] satisfies Parameters<z.ZodType<Credentials>['refine']>;

/** How the middle tier proves who it is. */
export type ClientCredentialOptions =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; file: string }
  | { kind: 'managed_identity'; clientId: string; audience: string }
  | { kind: 'token_file'; file: string };

/** Tells which kind the parsed {@link clientCredentialVariables} name. */
export function clientCredentialOf(
  variables: Credentials & { TOKEN_EXCHANGE_AUDIENCE: string },
): ClientCredentialOptions {
  const {
    CLIENT_SECRET: secret,
    CLIENT_CERTIFICATE_FILE: certificate,
    MANAGED_IDENTITY_CLIENT_ID: clientId,
    AZURE_FEDERATED_TOKEN_FILE: token,
  } = variables;
  if (secret !== undefined) return { kind: 'secret', secret };
  if (certificate !== undefined) return { kind: 'certificate', file: certificate };
  if (clientId !== undefined)
    return { kind: 'managed_identity', clientId, audience: variables.TOKEN_EXCHANGE_AUDIENCE };
  if (token !== undefined) return { kind: 'token_file', file: token };
  throw new Error('The schema lets no variables pass without a credential');
}
