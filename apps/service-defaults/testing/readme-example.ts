import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { observedEnvironment, observeLog } from './logger.ts';

/** The running example of a README. */
export interface ReadmeExample {
  url: string;
  stop(): void;
}

/**
 * Runs the first `js` block of a package's README, which must call `listen` with port 4000, on a free port.
 *
 * @param directory The package's folder.
 * @param options.replace Replaces texts in the example, such as an address.
 */
export async function runReadmeExample(
  directory: string,
  options: { environment?: Record<string, string>; replace?: Record<string, string> } = {},
): Promise<ReadmeExample> {
  const [, code = ''] = /```js\n([\s\S]+?)```/.exec(readFileSync(`${directory}/README.md`, 'utf8')) ?? [];
  const replacements = {
    'port: 4000': 'port: 0',
    'await listen(': 'const { url } = await listen(',
    ...options.replace,
  };
  const example = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      Object.entries(replacements)
        .reduce((text, [from, to]) => text.replace(from, to), code)
        .concat('console.log(url);'),
    ],
    {
      cwd: directory,
      env: { ...observedEnvironment(), ...options.environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const lines = createInterface({ input: example.stdout }).on('line', observeLog);
  const url = await new Promise<string>((found, fail) => {
    lines.once('line', found);
    example.once('exit', (code) => fail(new Error(`The example exited with ${code}`)));
  });
  return { url, stop: () => void example.kill('SIGKILL') };
}
