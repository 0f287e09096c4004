import { catalogue, type FindingId, type Section, type Severity } from './catalogue.ts';

/** Something that is wrong, or that a person should know. */
export interface Finding {
  /** Stable, for programs. */
  id: FindingId;
  severity: Severity;
  section: Section;
  /** What is wrong: the app, file or setting, with what was found and what is wanted. */
  problem: string;
  /** What puts it right. */
  fix: string;
  /** The page that says more, relative to the repository. */
  page?: string;
}

/** Something that is as it should be. */
export interface Fine {
  fine: string;
}

/** What a check says of one thing it looked at. */
export type Observation = Fine | Finding;

export const isFinding = (observation: Observation): observation is Finding => 'id' in observation;

/** Makes a finding of the catalogue. */
export function finding(id: FindingId, problem: string, fix: string): Finding {
  const kind: { section: Section; severity: Severity; page?: string } = catalogue[id];
  const { section, severity, page } = kind;
  return {
    id,
    severity,
    section,
    problem,
    fix,
    ...(page !== undefined && { page: `docs/reference/errors/${page}.md` }),
  };
}

export const fine = (what: string): Fine => ({ fine: what });

/** The findings, or that all is fine when there are none. */
export const orFine = (findings: readonly Finding[], what: string): Observation[] =>
  findings.length === 0 ? [fine(what)] : [...findings];
