import { readFile, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { RunningTenant } from '@obo/app-registration/testing';
import { readDoctorArguments } from '../src/arguments.ts';
import { examine } from '../src/examine.ts';
import type { Finding } from '../src/finding.ts';
import { findingsOf } from '../src/report.ts';

/** The environment that points the doctor at a tenant of a test. */
export const environmentOf = (running: RunningTenant) => ({
  LOCAL_TENANT_PORT: new URL(running.baseUrl).port,
  ENVIRONMENT_DIRECTORY: running.environmentDirectory,
});

/** What the doctor finds there, but of the ports: others may use them while tests run. */
export async function examined(
  running: RunningTenant,
  {
    token = null,
    args = [],
    now,
  }: { token?: string | null; args?: readonly string[]; now?: () => Date } = {},
): Promise<Finding[]> {
  const surroundings = {
    env: environmentOf(running),
    stdin: Readable.from([]),
    isTerminal: false,
    say: () => undefined,
  };
  const { sections } = await examine(readDoctorArguments(args), token, surroundings, now);
  return findingsOf(sections.values()).filter(({ section }) => section !== 'machine');
}

export const idsOf = (findings: readonly Finding[]) => findings.map(({ id }) => id);

/** Changes an environment file by hand. */
export async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** The same file with a variable set to another value, or without it. */
export const withVariable = (name: string, value: string | null) => (text: string) => {
  const others = text.split('\n').filter((line) => line !== '' && !line.startsWith(`${name}=`));
  return [...others, ...(value === null ? [] : [`${name}='${value}'`]), ''].join('\n');
};
