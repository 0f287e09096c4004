import { z } from 'zod';
import type { EntraServices } from '../entra/entra-services.ts';

/** The headings under which switches are listed, in their order. */
export const switchGroups = [
  'Users',
  'Applications',
  'Consents',
  'Conditional Access',
  'Signing keys',
  'Time',
  'Services',
  'Everything',
] as const;

/** A request that changes the tenant, as the docs and the control room list it. */
export interface SwitchTexts {
  /** Method and path below `/local-tenant`, e.g. `DELETE /consents/{application ID}`. */
  request: string;
  group: (typeof switchGroups)[number];
  name: string;
  causes: string;
  undo: string;
  survivesRestart: boolean;
}

export interface Switch extends SwitchTexts {
  /**
   * Changes the tenant.
   *
   * @param parameters The parts of the path in braces, by their names there.
   * @throws {SwitchError} for an invalid body, or for something that does not exist.
   */
  apply(entra: EntraServices, parameters: PathParameters, body: unknown): Promise<SwitchResult>;
}

export type PathParameters = Readonly<Record<string, string>>;

/** What a switch answers: its status, and a body unless that is 204. */
export interface SwitchResult {
  status: number;
  body?: object;
}

/** Thrown for a request that a switch rejects. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
  readonly status: number;
  /** For example `invalid_request`. */
  readonly error: string;

  constructor(status: number, error: string, message: string) {
    super(message);
    this.status = status;
    this.error = error;
  }
}

export const notFound = (what: string) => new SwitchError(404, 'not_found', `${what} not found.`);

export const noContent: SwitchResult = { status: 204 };

/** The schema of a switch that reads no body. */
export const noBody = z.unknown();

/** Creates a switch that parses its body first. */
export const defineSwitch = <T>(
  texts: SwitchTexts,
  schema: z.ZodType<T>,
  apply: (entra: EntraServices, body: T, parameters: PathParameters) => SwitchResult | Promise<SwitchResult>,
): Switch => ({
  ...texts,
  async apply(entra, parameters, body) {
    const read = schema.safeParse(body);
    if (!read.success) throw new SwitchError(400, 'invalid_request', z.prettifyError(read.error));
    return apply(entra, read.data, parameters);
  },
});
