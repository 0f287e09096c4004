import { describeApi as describeDownstreamApi } from '@obo/downstream-api';
import { describeApi as describeMiddleTierApi } from '@obo/middle-tier-api';
import { z } from 'zod';
import type { Contract } from './compare-schemas.ts';

const authority = {
  url: 'https://login.example/tenant',
  tenantId: 'tenant',
  issuer: 'https://login.example/tenant/v2.0',
  jwksUri: 'https://login.example/tenant/keys',
  metadata: undefined,
};

/** What the APIs say about themselves. */
export const downstreamApi = describeDownstreamApi(authority);
export const middleTierApi = describeMiddleTierApi(authority);
export type OpenapiDocument = typeof downstreamApi;

/** Returns a contract that an API documents. */
export const documented = ({ components: { schemas } }: OpenapiDocument, name: string): Contract => ({
  schema: schemas[name],
  schemas,
});

/** Returns the contract that a receiver reads. */
export const contractOf = (schema: z.core.$ZodType): Contract => ({
  schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  schemas: {},
});
