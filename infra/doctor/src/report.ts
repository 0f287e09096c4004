import { styleText } from 'node:util';
import { sections } from './catalogue.ts';
import type { Examination } from './examine.ts';
import { type Finding, isFinding, type Observation } from './finding.ts';

const colours = { error: 'red', warning: 'yellow', note: 'cyan' } as const;
const indent = ' '.repeat(11);

/** Says in lines what was looked at, and what was found, for a person to read. */
export function report({ subject, sections: looked }: Examination): string[] {
  const lines = [subject];
  for (const [section, observations] of looked) {
    if (observations.length === 0) continue;
    lines.push('', styleText('bold', sections[section]), ...observations.flatMap(describe));
  }
  const findings = findingsOf(looked.values());
  return [...lines, '', summary(findings)];
}

export const findingsOf = (observations: Iterable<readonly Observation[]>): Finding[] =>
  [...observations].flat().filter(isFinding);

function describe(observation: Observation): string[] {
  if (!isFinding(observation)) return [`  ${styleText('green', 'ok'.padEnd(9))}${observation.fine}`];
  const { severity, problem, fix, page, id } = observation;
  return [
    `  ${styleText(colours[severity], severity.padEnd(9))}${problem} [${id}]`,
    `${indent}${fix}`,
    ...(page === undefined ? [] : [`${indent}See ${page}`]),
  ];
}

function summary(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity'], name: string) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${name}${number === 1 ? '' : 's'}`];
  };
  const wrong = [...count('error', 'error'), ...count('warning', 'warning')];
  return wrong.length === 0 ? 'Nothing is wrong.' : `${wrong.join(', ')}.`;
}
