import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@obo/cli';
import { password, signInForDeviceOverHttp, signInForProgramOverHttp } from '@obo/local-tenant';
import { observeLog } from '@obo/service-defaults/testing';
import { z } from 'zod';
import type { Chain } from '../../chain/chain.ts';

export const priya = 'priya.raman@contoso.example';
export const amara = 'amara.okafor@contoso.example';

export interface RunOptions {
  /** The user who signs in, on whatever page opens. */
  as?: string;
  consent?: 'accept' | 'decline';
  isInteractive?: boolean;
  hasBrowser?: boolean;
  environment?: Readonly<Record<string, string>>;
}

export interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The addresses that were opened in the browser. */
  opened: URL[];
}

/** A user's machine: a folder for configuration, and a terminal at which commands run. */
export interface Machine {
  /** Runs a command to its end. The user signs in as soon as a page opens or a code is printed. */
  run(args: readonly string[], options?: RunOptions): Promise<Run>;
  /** The user's folder for configuration. */
  configuration: string;
  /** Returns the path of the file with the tokens. */
  tokenFile(): Promise<string>;
  remove(): Promise<void>;
}

const tokensSchema = z.object(
  Object.fromEntries(
    ['AccessToken', 'RefreshToken', 'IdToken'].map((kind) => [
      kind,
      z.record(z.string(), z.object({ secret: z.string() })),
    ]),
  ),
);

export async function createMachine(chain: Chain): Promise<Machine> {
  chain.tenant.lifetimes.devicePolling = 0;
  const configuration = await mkdtemp(join(tmpdir(), 'cli-'));
  const folder = join(configuration, 'entra-on-behalf-of');
  const tokenFile = async () => {
    const [name = 'none'] = await readdir(folder);
    return join(folder, name);
  };
  return {
    configuration,
    tokenFile,
    async run(
      args,
      { as = priya, consent = 'accept', isInteractive = true, hasBrowser = true, environment } = {},
    ) {
      const output = { stdout: '', stderr: '' };
      const opened: URL[] = [];
      const signingIn: Promise<unknown>[] = [];
      const user = { username: as, password, consent };
      const env = { ...chain.environments.cli, XDG_CONFIG_HOME: configuration, ...environment };
      const exitCode = await runCli(args, env, {
        isInteractive,
        hasBrowser,
        print(line) {
          output.stdout += `${line}\n`;
        },
        notify(line) {
          output.stderr += `${line}\n`;
          const [, userCode] = /type the code (\w+)/.exec(line) ?? [];
          const baseUrl = new URL(chain.tenant.graphBaseUrl).origin;
          if (userCode) signingIn.push(signInForDeviceOverHttp({ baseUrl, userCode, ...user }));
        },
        showProgress: () => () => {},
        async openBrowser(url) {
          const address = new URL(url);
          opened.push(new URL(url));
          // The user may choose another account than the one that is proposed.
          address.searchParams.delete('login_hint');
          await signInForProgramOverHttp(address.href, user);
        },
      });
      await Promise.all(signingIn);
      for (const text of Object.values(output)) {
        observeLog(text);
        await expectNoToken(text);
      }
      return { exitCode, ...output, opened };
    },
    remove: () => rm(configuration, { recursive: true }),
  };

  async function expectNoToken(text: string): Promise<void> {
    const cache = await tokenFile()
      .then((file) => readFile(file, 'utf8'))
      .catch(() => '');
    const tokens = cache.startsWith('{"Account"') ? tokensSchema.parse(JSON.parse(cache)) : {};
    for (const { secret } of Object.values(tokens).flatMap(Object.values))
      if (text.includes(secret)) throw new Error('A token was printed.');
  }
}
