import { readFileSync } from 'node:fs';
import { guid } from '@obo/service-defaults/configuration';
import { z } from 'zod';
import { CredentialUnusable, readAssertion, readCertificate } from './credential-files.ts';

/** Accepts the name of a file with usable content, so that an invalid file is reported at startup. */
const fileOf = (read: (text: string) => unknown) =>
  z.string().superRefine((file, context) => {
    try {
      read(readFileSync(file, 'utf8'));
    } catch (error) {
      const message = error instanceof CredentialUnusable ? error.message : 'is not a file that can be read';
      context.addIssue({ code: 'custom', message });
    }
  });

/** Variables for the credential of a confidential client. Exactly one of the first four is set. */
export const clientCredentialVariables = {
  CLIENT_SECRET: z
    .string()
    .min(16, 'is too short to be a client secret')
    .refine((secret) => !/^['"]|['"]$/.test(secret), 'has quotes around it: remove them')
    .refine(
      (secret) => !guid().safeParse(secret).success,
      "looks like the secret's ID: take its Value instead",
    )
    .optional()
    .meta({
      description: "Value (not the ID) of a client secret of the app's registration. For development.",
    }),
  CLIENT_CERTIFICATE_FILE: fileOf(readCertificate).optional().meta({
    description:
      "PEM file with the private key and the certificate that the app's registration has. It is read each time it is used, so you can replace it.",
    example: 'middle-tier.pem',
  }),
  MANAGED_IDENTITY_CLIENT_ID: guid().optional().meta({
    description: "Client ID of a user-assigned managed identity that the app's registration trusts.",
    example: '00000000-0000-0000-0000-000000000000',
  }),
  AZURE_FEDERATED_TOKEN_FILE: fileOf(readAssertion).optional().meta({
    description:
      "File with the token of another workload identity that the app's registration trusts. Kubernetes with Microsoft Entra Workload ID sets this variable itself.",
    example: '/var/run/secrets/azure/tokens/azure-identity-token',
  }),
  TOKEN_EXCHANGE_AUDIENCE: z.string().default('api://AzureADTokenExchange').meta({
    description:
      'Audience of the token of a managed identity. National clouds: `api://AzureADTokenExchangeUSGov`, `api://AzureADTokenExchangeChina`.',
  }),
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
        ? 'one of these must be set, to prove who this app is'
        : `only one of these may be set, and ${names.join(' and ')} are`;
    },
  },
] satisfies Parameters<z.ZodType<Credentials>['refine']>;

/** The credential with which an application proves its identity. */
export type ClientCredentialOptions =
  | { kind: 'secret'; secret: string }
  | { kind: 'certificate'; file: string }
  | { kind: 'managed_identity'; clientId: string; audience: string }
  | { kind: 'token_file'; file: string };

/** Reads the credential from the parsed {@link clientCredentialVariables}. */
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
