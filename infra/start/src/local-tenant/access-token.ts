import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { password, SignInError, signInOverHttp, users } from '@obo/local-tenant';
import { Command } from 'commander';
import { z } from 'zod';
import { readConfiguration, StartError } from '../configuration.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const environmentSchema = z.object({
  CLIENT_ID: z.guid(),
  API_APP_ID_URI: z.string(),
  SPA_PORT: z.string(),
  AUTHORITY_METADATA: z
    .string()
    .transform((text) => JSON.parse(text))
    .pipe(z.object({ authorization_endpoint: z.url(), token_endpoint: z.url() })),
});

/** Reads the SPA's environment, which `start` wrote when it registered the apps in the local tenant. */
function readSpaEnvironment(file: string): z.infer<typeof environmentSchema> {
  try {
    return environmentSchema.parse(parseEnv(readFileSync(file, 'utf8')));
  } catch {
    throw new StartError(
      `${file} does not describe apps in the local tenant. \`pnpm start\` registers them.`,
    );
  }
}

const command = new Command('pnpm --silent access-token')
  .description(
    'Prints an access token: signs a user in to the local tenant as the SPA does, and consents. `pnpm start` must be running.',
  )
  .argument('[sign-in name]', 'the user', users[0]?.mail)
  .argument('[scope]', 'what the token is for; by default the middle-tier API')
  .addHelpText('after', ['\nUsers:', ...users.map(({ mail, purpose }) => `  ${mail}: ${purpose}`)].join('\n'))
  .parse();
const [username, scope] = z.tuple([z.string(), z.string().optional()]).parse(command.processedArgs);

try {
  // biome-ignore lint/style/noProcessEnv: the one place where the environment is read
  const { dataDirectory } = readConfiguration(process.env, root);
  const spa = readSpaEnvironment(join(dataDirectory, 'env/spa.env'));
  const origin = `http://localhost:${spa.SPA_PORT}`;
  const { access_token } = await signInOverHttp({
    authorityMetadata: spa.AUTHORITY_METADATA,
    clientId: spa.CLIENT_ID,
    redirectUri: `${origin}/redirect.html`,
    origin,
    scopes: [scope ?? `${spa.API_APP_ID_URI}/.default`],
    username,
    password,
    consent: 'accept',
  });
  process.stdout.write(`${access_token}\n`);
} catch (error) {
  const isExpected = error instanceof StartError || error instanceof SignInError;
  const isUnreachable = error instanceof TypeError && error.message === 'fetch failed';
  const reason = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error);
  process.stderr.write(
    `${isUnreachable ? 'The local tenant does not answer. `pnpm start` starts it.' : reason}\n`,
  );
  process.exitCode = 1;
}
