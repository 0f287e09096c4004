import { catalogue, type FindingId, type Section, type Severity } from './catalogue.ts';

/** Something to fix, or to know about. */
export interface Finding {
  /** Stable, for programs. */
  id: FindingId;
  severity: Severity;
  section: Section;
  /** The app, file or setting, the value found, and the value expected. */
  problem: string;
  /** How to fix it. */
  fix: string;
  /** Path of the page with more about it, relative to the repository. */
  page?: string;
}

/** A passed check. */
export interface Passed {
  passed: string;
}

/** The result of a check. */
export type Observation = Passed | Finding;

export const isFinding = (observation: Observation): observation is Finding => 'id' in observation;

/** Creates a finding of the catalogue. */
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

export const passed = (what: string): Passed => ({ passed: what });

/** Returns the findings; a passed check when there are none. */
export const orPassed = (findings: readonly Finding[], what: string): Observation[] =>
  findings.length === 0 ? [passed(what)] : [...findings];
