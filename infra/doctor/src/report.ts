import { styleText } from 'node:util';
import { sections } from './catalogue.ts';
import type { Examination } from './examine.ts';
import { type Finding, isFinding, type Observation } from './finding.ts';

const colors = { error: 'red', warning: 'yellow', note: 'cyan' } as const;
const indent = ' '.repeat(11);

/** Describes an examination in lines for the user. */
export function report({ subject, sections: examined }: Examination): string[] {
  const lines = [subject];
  for (const [section, observations] of examined) {
    if (observations.length === 0) continue;
    lines.push('', styleText('bold', sections[section]), ...observations.flatMap(describe));
  }
  return [...lines, '', summarize(findingsOf(examined.values()))];
}

export const findingsOf = (observations: Iterable<readonly Observation[]>): Finding[] =>
  [...observations].flat().filter(isFinding);

function describe(observation: Observation): string[] {
  if (!isFinding(observation)) return [`  ${styleText('green', 'ok'.padEnd(9))}${observation.passed}`];
  const { severity, problem, fix, page, id } = observation;
  return [
    `  ${styleText(colors[severity], severity.padEnd(9))}${problem} [${id}]`,
    `${indent}${fix}`,
    ...(page === undefined ? [] : [`${indent}See ${page}`]),
  ];
}

function summarize(findings: readonly Finding[]): string {
  const count = (severity: Finding['severity'], name: string) => {
    const number = findings.filter((finding) => finding.severity === severity).length;
    return number === 0 ? [] : [`${number} ${name}${number === 1 ? '' : 's'}`];
  };
  const counts = [...count('error', 'error'), ...count('warning', 'warning')];
  return counts.length === 0 ? 'No errors or warnings.' : `${counts.join(', ')}.`;
}
