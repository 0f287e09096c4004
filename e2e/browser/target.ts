import { z } from 'zod';

const schema = z.object({
  E2E_TARGET: z.enum(['local', 'tenant'], 'must be local or tenant').default('local'),
  E2E_USERNAME: z.string().optional(),
  E2E_PASSWORD: z.string().optional(),
  E2E_NAME_PREFIX: z.string().optional(),
});

/** The account that the tests sign in with. */
export interface Account {
  username: string;
  password: string;
}

/** The tenant that the tests run against. */
export interface Target {
  kind: 'local' | 'tenant';
  /** An account of the real tenant. Without one, nothing is tested. */
  account: Account | undefined;
  /** Which set of apps in the real tenant, if there are several. */
  namePrefix: string | undefined;
}

/**
 * Reads the target from the environment.
 *
 * @throws {z.ZodError} if the target is neither `local` nor `tenant`.
 */
export function readTarget(env: Readonly<Record<string, string | undefined>>): Target {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const variables = schema.parse(present);
  const { E2E_USERNAME: username, E2E_PASSWORD: password } = variables;
  return {
    kind: variables.E2E_TARGET,
    account: username && password ? { username, password } : undefined,
    namePrefix: variables.E2E_NAME_PREFIX,
  };
}

// biome-ignore lint/style/noProcessEnv: the one place where the tests read their target
export const target = readTarget(process.env);
