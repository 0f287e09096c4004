import { builtinModules } from 'node:module';
import { formsOf } from '../../add-api/src/name.ts';

/** Says what is wrong with the name of a project. Source: docs.npmjs.com, "package.json", section "name". */
export function projectProblem(name: string): string | undefined {
  if (!/^[a-z\d][a-z\d._-]{0,213}$/.test(name))
    return 'must be lowercase letters, digits, dots, hyphens and underscores, at most 214';
  if (['node_modules', 'favicon.ico', ...builtinModules].includes(name))
    return 'is reserved by npm or Node.js';
  return undefined;
}

/** Says what is wrong with a scope of npm packages. */
export const scopeProblem = (scope: string): string | undefined =>
  /^@[a-z\d][a-z\d._-]{0,99}$/.test(scope)
    ? undefined
    : 'must be @ and lowercase letters, digits, dots, hyphens and underscores, such as @contoso';

/**
 * Says what is wrong with the start of the names of registrations, metrics and keys.
 * Names of metrics have no hyphens. Source: prometheus.io, "Data model", section "Metric names and labels".
 */
export const prefixProblem = (prefix: string): string | undefined =>
  /^[a-z][a-z\d]{0,29}$/.test(prefix)
    ? undefined
    : 'must be lowercase letters and digits, at most 30, and start with a letter';

/**
 * Says what is wrong with a title or display name, which must need no quoting in HTML, code, Markdown and JSON.
 * Entra accepts 256 characters, together with the role of the app. Source: Microsoft Graph, "application resource type".
 */
export const titleProblem = (title: string): string | undefined =>
  /^[\p{L}\p{N}](?:[\p{L}\p{N} -]{0,78}[\p{L}\p{N}])?$/u.test(title)
    ? undefined
    : 'must be letters, digits, spaces and hyphens, at most 80, and start and end with a letter or digit';

const openIdScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** Says what is wrong with the value of a scope. Source: Microsoft Graph, "permissionScope resource type". */
export function valueProblem(value: string): string | undefined {
  if (!/^[A-Za-z\d_][A-Za-z\d._-]{0,119}$/.test(value))
    return 'must be letters, digits, dots, hyphens and underscores, at most 120, and not start with a dot or hyphen';
  return openIdScopes.includes(value.toLowerCase()) ? 'is a scope of OpenID Connect' : undefined;
}

/** Ports from 1024 on that browsers do not open. Source: Fetch Standard, "port blocking". */
const blockedPorts = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697,
  10080,
];

/** Says what is wrong with a port. */
export function portProblem(text: string): string | undefined {
  const port = Number(text);
  if (!/^[1-9]\d{0,4}$/.test(text) || port > 65_535) return 'must be a port';
  if (port < 1024) return 'is privileged: choose 1024 or higher';
  return blockedPorts.includes(port) ? 'is blocked by browsers' : undefined;
}

/** Words that no variable can be named. Source: ECMAScript 2025, "Keywords and Reserved Words", with what strict mode adds. */
const reservedInTypeScript =
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  );

/** Words that no table can be named without quotes. Source: PostgreSQL, "SQL Key Words". */
const reservedInPostgresql =
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select some symmetric table then to trailing true union unique user using variadic when where window with'.split(
    ' ',
  );

/** Says what is wrong with the singular and the plural of a domain, such as `expense/expenses`. */
export function domainProblem(domain: string): string | undefined {
  const [one = '', many = '', ...more] = domain.split('/');
  if (one === '' || many === '' || more.length > 0)
    return 'must be a singular and a plural with a slash between them, such as expense/expenses';
  if (one === many) return 'has the same singular and plural: the code would have two things with one name';
  for (const name of [one, many]) {
    if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name) || name.length > 40)
      return `${name} must be lowercase letters and digits, in words with a hyphen between them, at most 40, and start with a letter`;
    if (/\bleaves?\b/.test(name)) return `${name} is the example that it would replace`;
    if (formsOf(name).camel in {}) return `${name} is a name that every object in JavaScript has`;
    if (reservedInTypeScript.includes(name)) return `${name} is reserved by TypeScript`;
  }
  if (reservedInPostgresql.includes(many)) return `${many} is reserved by PostgreSQL`;
  if ([`new-${one}`, `${one}-list`, `${one}-draft`].includes(many))
    return `${many} is what the code calls something else`;
  return undefined;
}
