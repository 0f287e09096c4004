import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { planApi, writePlan } from './add-api.ts';
import { Problems } from './problems.ts';
import { findObstacles } from './repository.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const print = (text: string): boolean => process.stdout.write(`${text}\n`);

const help = `npx -y pnpm@12 run add-api <name> [flags]

Adds an API that the middle tier calls on behalf of the user: the API, its registration, its variables, its section in
the overview, and tests. The name, such as reports or time-sheets, is that of its domain.

  --port <port>   its port on a developer's machine; by default the next free one
  --dry-run       prints what would change, and changes nothing`;

const undo = '`git restore :/` with `git clean -fd apps e2e`';

const next = (name: string, tests: readonly string[]): string => `
Next:
1. npx -y pnpm@12 install
2. npx -y pnpm@12 run doc-tables, which writes .env.example files and tables
3. npx -y pnpm@12 check, and npx -y pnpm@12 exec vitest run ${tests.join(' ')}
4. npx -y pnpm@12 start: the overview has a third section
5. Replace the example: apps/${name}-api/src/${name}-routes.ts, and its reader in apps/middle-tier-api/src/${name} and
   apps/spa/src/${name}. In a real tenant, register again: npx -y pnpm@12 register
6. Commit.`;

/** Returns the answers of the command line, or `undefined` if the user asked for help. */
function parseCommandLine(
  args: string[],
): { name: string; port: number | undefined; dryRun: boolean } | undefined {
  const options = {
    port: { type: 'string' },
    'dry-run': { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  const { values, positionals } = parse();
  if (values.help) return undefined;
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new Problems(['Name one API. See --help.']);
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 1024 && port <= 65_535))
    throw new Problems([`--port ${values.port}: must be a number from 1024 to 65535`]);
  return { name, port, dryRun: values['dry-run'] ?? false };

  function parse() {
    try {
      return parseArgs({ args, options, allowPositionals: true });
    } catch (error) {
      throw new Problems([`${error instanceof Error ? error.message : error} See --help.`]);
    }
  }
}

async function addApi(): Promise<void> {
  const answers = parseCommandLine(process.argv.slice(2));
  if (answers === undefined) return void print(help);
  const obstacles = await findObstacles(root, 'an add-api', undo);
  if (obstacles.length > 0) throw new Problems(obstacles);
  const plan = planApi(root, answers.name, answers.port);
  for (const path of plan.files.keys()) print(`${plan.isNew(path) ? 'new    ' : 'changed'} ${path}`);
  if (answers.dryRun) return void print('\nNothing was changed.');
  print(`\nWriting ${plan.files.size} files. If this is interrupted, ${undo} undoes it.`);
  await writePlan(root, plan);
  // Another name has another length and another place in the alphabet.
  const biome = resolve(root, 'node_modules/@biomejs/biome/bin/biome');
  const sources = [...plan.files.keys()].filter((path) => /\.(tsx?|json)$/.test(path));
  await run(process.execPath, [biome, 'check', '--write', '--linter-enabled=false', ...sources], {
    cwd: root,
  });
  const tests = [...plan.files.keys()].filter((path) => path.endsWith('.test.ts'));
  print(next(answers.name, tests));
}

try {
  await addApi();
} catch (error) {
  if (!(error instanceof Problems)) throw error;
  process.stderr.write(`${error.message}\nNothing was changed.\n`);
  process.exitCode = 1;
}
