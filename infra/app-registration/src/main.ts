import { ConfigurationError, readConfiguration } from './configuration.ts';
import { describeChanges } from './describe-changes.ts';
import { GraphRequestError } from './graph-error.ts';
import { accessLocalTenant, LocalTenantUnreachableError } from './local-tenant.ts';
import { register } from './register.ts';
import { ForeignAppError } from './register-apps.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  // biome-ignore lint/style/noProcessEnv: the one place that reads the environment.
  const { localTenantUrl, urls, environmentDirectory } = readConfiguration(process.env);
  const tenant = await accessLocalTenant(localTenantUrl);
  const { changes, written } = await register({ ...tenant, urls, environmentDirectory });
  for (const line of describeChanges(changes)) say(line);
  for (const file of written) say(`wrote ${file}`);
} catch (error) {
  const known = [ConfigurationError, GraphRequestError, ForeignAppError, LocalTenantUnreachableError];
  const isKnown = error instanceof Error && known.some((type) => error instanceof type);
  process.stderr.write(`${isKnown ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
