import {
  portProblem,
  prefixProblem,
  projectProblem,
  scopeProblem,
  titleProblem,
  valueProblem,
} from './rules.ts';

/** A name that a fork chooses. */
export interface Name {
  /** The flag that sets it, without `--`. */
  flag: string;
  /** What it names, for the help and the questions. */
  meaning: string;
  today: string;
  /** Says what is wrong with a new value; `undefined` if nothing is. */
  problem: (value: string) => string | undefined;
  /** Each matches the name of today, in one form in which the repository has it, and nothing else. */
  forms: readonly RegExp[];
  /** Matches the name in every form, also in one that nobody has thought of. */
  trace: RegExp;
}

/** Forms of a port: after a host, in variables, defaults, lists, keys and tables. */
const portForms = (port: string): RegExp[] => [
  new RegExp(`(?<=[\\w\\])]:)${port}(?!\\d)`, 'g'),
  new RegExp(`(?<![\\w.-])${port}(?=:${port}\\b)`, 'g'),
  new RegExp(`(?<=\\b(?:[pP]|\\w+P)ort(?::| =|,)?\\s)${port}\\b`, 'g'),
  new RegExp(`(?<=PORT\\W{1,9})${port}(?=\\D)`, 'g'),
  new RegExp(`(?<=\\bdefault\\()${port}(?=\\))`, 'g'),
  new RegExp(
    `(?<=(?:\\[|\\[\\d{4}, |\\[\\d{4}, \\d{4}, |\\[\\d{4}, \\d{4}, \\d{4}, ))${port}(?=, |\\])`,
    'g',
  ),
  new RegExp(`(?<=")${port}(?=":)`, 'g'),
  new RegExp(`(?<=-)${port}(?=\\.app\\.)`, 'g'),
  new RegExp(`(?<=\`)${port}(?=\`)`, 'g'),
];

const port = (flag: string, meaning: string, today: string): Name => ({
  flag,
  meaning,
  today,
  problem: portProblem,
  forms: portForms(today),
  trace: new RegExp(`(?<![\\d.])${today}(?!\\d)`, 'g'),
});

const apps =
  '(?:downstream API|middle-tier API|single-page app|command line|backend for frontend|mobile app|agents)';

/** Everything that `init` renames. */
export const names: readonly Name[] = [
  {
    flag: 'name',
    meaning: 'project, in package.json and as the tag of the registrations',
    today: 'entra-on-behalf-of',
    problem: projectProblem,
    forms: [/\bentra-on-behalf-of\b/g],
    trace: /entra[-_]on[-_]behalf[-_]of/gi,
  },
  {
    flag: 'scope',
    meaning: 'scope of the npm packages',
    today: '@obo',
    problem: scopeProblem,
    forms: [/@obo(?=\\?\/)/g],
    trace: /@obo/gi,
  },
  {
    flag: 'prefix',
    meaning: 'start of the unique names of the registrations, of the metrics and of the keys in Redis',
    today: 'obo',
    problem: prefixProblem,
    forms: [/(?<![@\w])obo(?=[-_:][a-z\d])/g, /(?<=[`'])obo(?=[`'])/g, /(?<=by default )obo\b/g],
    trace: /(?<![@A-Za-z])[oO]bo|(?<=[a-z])Obo|(?<!@)OBO/g,
  },
  {
    flag: 'title',
    meaning: 'product, as the README, the SPA and the browser tab show it',
    today: 'Entra On-Behalf-Of',
    problem: titleProblem,
    forms: [/\bEntra On-Behalf-Of\b/g],
    trace: /entra on-behalf-of/gi,
  },
  {
    flag: 'display-name',
    meaning: 'start of the display names of the registrations',
    today: 'Leave',
    problem: titleProblem,
    forms: [new RegExp(`\\bLeave(?= \\\\?\\(${apps}\\\\?\\))`, 'g')],
    trace: new RegExp(`\\bleave(?=[^a-z"]{1,3}${apps.replaceAll(' ', '[ -]')})`, 'gi'),
  },
  {
    flag: 'access-scope',
    meaning: 'scope that the middle tier exposes',
    today: 'access_as_user',
    problem: valueProblem,
    forms: [/\baccess_as_user\b/g],
    trace: /access.?as.?user/gi,
  },
  port('spa-port', 'port of the SPA', '3000'),
  port('middle-tier-port', 'port of the middle-tier API', '4000'),
  port('downstream-port', 'port of the downstream API', '4100'),
  port('local-tenant-port', 'port of the local tenant', '4400'),
];

/** Text that contains a name of today and keeps it. */
export interface Kept {
  /** The file; every file if it is missing. */
  file?: string;
  text: RegExp;
  reason: string;
}

export const kept: readonly Kept[] = [
  { file: 'LICENSE', text: /^.*$/gm, reason: 'the license names its authors' },
  { text: /Microsoft Entra On-Behalf-Of/g, reason: 'the name of the flow' },
  { text: /oboAssertion/g, reason: 'a parameter of MSAL' },
  { text: /OBO request/g, reason: 'a message of Entra' },
  { text: /[\da-f]{8}-[\da-f]{4}-4000-/g, reason: 'part of a GUID' },
  { text: /RATE_LIMIT_PER_ADDRESS\W{1,5}3000/g, reason: 'a number of requests' },
  { text: /head -c 40000|\bsha512-\S+/g, reason: 'neither a name nor a port' },
];
