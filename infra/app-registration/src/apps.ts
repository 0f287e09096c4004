/** An app of this project. */
interface App {
  /** By which other code refers to it. */
  key: string;
  /** Its folder in `apps`, and the start of the name of its environment file. */
  name: string;
  /** As messages name it, after "the". */
  title: string;
  /** Where `start` serves it, unless something else is asked for. */
  port?: number;
  /** It is registered only if its URL is given. */
  isOptional?: boolean;
  /** For an API that the middle tier calls: the middle tier's variable with its address. */
  urlVariable?: string;
}

const list = [
  { key: 'spa', name: 'spa', title: 'SPA', port: 3000 },
  { key: 'middleTierApi', name: 'middle-tier-api', title: 'middle-tier API', port: 4000 },
  {
    key: 'downstreamApi',
    name: 'downstream-api',
    title: 'downstream API',
    port: 4100,
    urlVariable: 'DOWNSTREAM_API_BASE_URL',
  },
  { key: 'cli', name: 'cli', title: 'command line' },
  { key: 'bff', name: 'bff', title: 'backend for frontend', isOptional: true },
  { key: 'mcpClient', name: 'mcp-client', title: 'MCP client', isOptional: true },
  { key: 'mobile', name: 'mobile', title: 'mobile app', isOptional: true },
] as const satisfies readonly App[];

export type AppKey = (typeof list)[number]['key'];
/** Key of an app that is served. */
export type ServedKey = Extract<(typeof list)[number], { port: number }>['key'];
type ServedApp = App & { key: ServedKey; port: number };

/** All apps. What is different for one of them, such as its registration, refers to it by key. */
export const apps: readonly (App & { key: AppKey })[] = list;

/** The apps that are registered in any case. */
export const requiredApps = apps.filter(({ isOptional }) => !isOptional);

/** The apps that `start` serves. */
export const servedApps: readonly ServedApp[] = list.filter((app) => 'port' in app);

/** The APIs that the middle tier calls. */
export const apisBehind = servedApps.flatMap(({ urlVariable, ...app }) =>
  urlVariable === undefined ? [] : [{ ...app, urlVariable }],
);

/** Returns the variable that changes the port of an app on a developer's machine. */
export const portVariable = ({ name }: App): string => `${name.replaceAll('-', '_').toUpperCase()}_PORT`;

/** Returns a record with a value for each app. */
export const forEachApp = <Value>(create: (app: App & { key: AppKey }) => Value): Record<AppKey, Value> =>
  // Object.fromEntries does not tell which keys there are.
  Object.fromEntries(apps.map((app) => [app.key, create(app)])) as Record<AppKey, Value>;

/** Returns a record with a value for each app that is served. */
export const forEachServedApp = <Value>(create: (app: ServedApp) => Value): Record<ServedKey, Value> =>
  Object.fromEntries(servedApps.map((app) => [app.key, create(app)])) as Record<ServedKey, Value>;
