import { missingVariables } from '@obo/app-registration';
import type { Commands } from '../commands.ts';
import { type Finding, finding, fine, type Observation, orFine } from '../finding.ts';
import { checkAgreement } from './check-agreement.ts';
import { checkCredentialFiles } from './check-credential-files.ts';
import { checkValues } from './check-values.ts';
import type { EnvironmentFile, Files } from './read-files.ts';

/** Looks at the environment files by themselves, without asking anybody. */
export function checkFiles(files: Files, commands: Commands, now: Date): Observation[] {
  const { directory } = files;
  if (files.files.every(({ state }) => state === 'missing')) {
    const problem = `There are no environment files in ${directory}.`;
    return [finding('environment_files_missing', problem, `Write them: \`${writes(commands)}\`.`)];
  }
  const ofEach = files.files.flatMap((file) => checkFile(file, files, commands));
  return [
    ...ofEach,
    ...orFine(checkAgreement(files, commands), 'The files are of one tenant, and name the same apps'),
    ...checkCredentialFiles(files, commands, now),
  ];
}

function checkFile(file: EnvironmentFile, { environments }: Files, commands: Commands): Observation[] {
  const { key, path, state, mode } = file;
  const fix = `Write it again: \`${writes(commands)}\`.`;
  if (state === 'missing') return [finding('environment_file_missing', `There is no ${path}.`, fix)];
  if (state === 'unreadable') {
    const problem = `${path} cannot be read.`;
    return [
      finding(
        'environment_file_unreadable',
        problem,
        'Make it a file that you own, or delete it and register again.',
      ),
    ];
  }
  const findings: Finding[] = [];
  const missing = missingVariables(key, environments[key]);
  if (missing.length > 0)
    findings.push(finding('environment_file_incomplete', `${path} lacks ${missing.join(', ')}.`, fix));
  findings.push(...checkValues(path, environments[key], commands));
  if (mode !== null && (mode & 0o077) !== 0) {
    const problem = `${path} can be read by others (mode ${mode.toString(8)}, and 600 is wanted).`;
    findings.push(finding('environment_file_readable_by_others', problem, `\`chmod 600 ${path}\``));
  }
  return findings.length === 0 ? [fine(`${path} is complete`)] : findings;
}

const writes = ({ register, start }: Commands): string => (register.includes('--local') ? start : register);
