import { builtinModules } from 'node:module';

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
