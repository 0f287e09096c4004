/** A part of the code, and the tests that must notice what is wrong in it. */
export interface Part {
  /** Patterns of the files to change. */
  mutate: string[];
  /** Patterns of the test files to run. They must not depend on what other files do in the same process. */
  tests: string[];
}

export const parts: Record<string, Part> = {
  'access-token': {
    mutate: ['apps/access-token/src/**/*.ts'],
    tests: [
      'apps/access-token/test/*.test.ts',
      'apps/{downstream,middle-tier}-api/test/configuration.test.ts',
    ],
  },
  'on-behalf-of': {
    mutate: ['apps/on-behalf-of/src/**/*.ts'],
    tests: [
      'apps/on-behalf-of/test/**/*.test.ts',
      'e2e/http/{exchange,overview,telemetry,token-requests}.test.ts',
    ],
  },
  leave: {
    mutate: ['apps/downstream-api/src/leave/*.ts'],
    tests: [
      'apps/downstream-api/test/leave/*.test.ts',
      'apps/downstream-api/test/{access,bad-input}.test.ts',
    ],
  },
  database: {
    mutate: ['apps/service-defaults/src/database/*.ts'],
    tests: [
      'apps/service-defaults/test/database/*.test.ts',
      'apps/downstream-api/test/{database,leave}/*.test.ts',
    ],
  },
  grants: {
    mutate: ['infra/local-tenant/src/entra/token/*.ts'],
    tests: [
      'infra/local-tenant/test/entra/{consent,device-code,not-implemented,refresh-tokens,resource-parameter}.test.ts',
      'infra/local-tenant/test/entra/{rejected-access,rejected-clients,rejected-grants}.test.ts',
      'infra/local-tenant/test/entra/{second-factor,token-cors,token-for-itself,tokens}.test.ts',
      'infra/local-tenant/test/documents/token-responses.test.ts',
    ],
  },
};
