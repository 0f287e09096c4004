import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { RunningTenant } from '@obo/app-registration/testing';
import { parseDoctorArguments } from '../src/arguments.ts';
import { examine } from '../src/examine.ts';
import type { Finding } from '../src/finding.ts';
import { findingsOf } from '../src/report.ts';

/** Returns the environment that points the doctor at a tenant. */
export const environmentOf = (running: RunningTenant) => ({
  LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
  ENVIRONMENT_DIRECTORY: running.environmentDirectory,
});

/** Examines a tenant. Omits findings about ports, which other programs may use during tests. */
export async function examined(
  running: RunningTenant,
  {
    token = null,
    args = [],
    now,
  }: { token?: string | null; args?: readonly string[]; now?: () => Date } = {},
): Promise<Finding[]> {
  const context = {
    env: environmentOf(running),
    stdin: Readable.from([]),
    isTerminal: false,
    notify: () => undefined,
  };
  const parsed = parseDoctorArguments(args, () => undefined);
  if (parsed === null) throw new Error('Help was printed.');
  const { sections } = await examine(parsed, token, context, now);
  return findingsOf(sections.values()).filter(({ section }) => section !== 'machine');
}

export const idsOf = (findings: readonly Finding[]) => findings.map(({ id }) => id);

/** Changes an environment file by hand. */
export async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** Returns a change that sets a variable to another value, or removes it. */
export const withVariable = (name: string, value: string | null) => (text: string) => {
  const others = text.split('\n').filter((line) => line !== '' && !line.startsWith(`${name}=`));
  return [...others, ...(value === null ? [] : [`${name}='${value}'`]), ''].join('\n');
};
