/** A part that a fork can do without. Its how-to page says how to remove it, and init does that. */
export interface Drop {
  /** As in `--without <name>`. */
  name: string;
  page: string;
  /** What a fork loses. */
  cost: string;
  /** Flags of names that make no sense without it. */
  flags?: readonly string[];
  /** The part that must stay if this one is removed. */
  contradicts?: string;
  /** The part that is removed too. */
  includes?: string;
}

/** In the order in which they are removed: first those with a diff, which fits only what no other part has changed. */
export const drops: readonly Drop[] = [
  {
    name: 'redis',
    page: 'docs/how-to/remove-redis.md',
    cost: 'each instance of the middle tier exchanges tokens for itself',
  },
  {
    name: 'passport-azure-ad',
    page: 'docs/how-to/replace-passport-azure-ad.md',
    cost: 'jose is the only library that validates access tokens',
  },
  {
    name: 'local-tenant',
    page: 'docs/how-to/remove-the-local-tenant.md',
    cost: 'everything needs a real tenant, and most tests of whole chains are removed, and all browser tests but one',
    flags: ['local-tenant-port'],
  },
  {
    name: 'bff',
    page: 'docs/how-to/remove-the-backend-for-frontend.md',
    cost: 'the browser stores the tokens of the SPA',
  },
  {
    name: 'mcp',
    page: 'docs/how-to/remove-the-mcp-server.md',
    cost: 'agents cannot call the middle tier',
  },
  {
    name: 'calendar',
    page: 'docs/how-to/remove-the-calendar.md',
    cost: 'the middle tier does nothing for users who are away',
  },
  {
    name: 'approvals',
    page: 'docs/how-to/remove-approvals.md',
    cost: 'leave is booked when it is requested, nothing requires a step-up, and the calendar is removed too',
    includes: 'calendar',
  },
  {
    name: 'telemetry',
    page: 'docs/how-to/remove-telemetry.md',
    cost: 'requests are logged, and neither measured nor traced',
  },
  {
    name: 'jose',
    page: 'docs/how-to/remove-jose.md',
    cost: 'passport-azure-ad, which is archived, is the only library that validates access tokens',
    contradicts: 'passport-azure-ad',
  },
  {
    name: 'cli',
    page: 'docs/how-to/remove-the-command-line.md',
    cost: 'the SPA is the only client',
  },
  {
    name: 'clouds',
    page: 'docs/how-to/remove-other-clouds.md',
    cost: 'register knows the addresses of the global cloud only',
  },
  {
    name: 'tutorial',
    page: 'docs/how-to/remove-the-tutorial.md',
    cost: 'nobody is led through the code in the order of a request',
  },
  {
    name: 'control-room',
    page: 'docs/how-to/remove-the-control-room.md',
    cost: 'the local tenant shows no messages and tokens, and the tutorial, which looks at them, is removed too',
    includes: 'tutorial',
  },
  {
    name: 'bench',
    page: 'docs/how-to/remove-the-benchmarks.md',
    cost: 'nothing measures the performance, checks the docs and recipes, or makes their pictures',
  },
];

/** Returns the parts with these names and those that they include, in the order in which they are removed. */
export function dropsNamed(names: readonly string[]): Drop[] {
  const included = drops.filter(({ name }) => names.includes(name)).map(({ includes }) => includes);
  return drops.filter(({ name }) => [...names, ...included].includes(name));
}
