import { styleText } from 'node:util';
import { ownFilesIn, removeFiles } from '../environment/environment-files.ts';
import { planRemoval, removeApps } from '../remove-apps.ts';
import { describePlan } from '../settings/describe-changes.ts';
import { exitCodes, type RegisterContext } from './context.ts';

/** So that the backend for frontend is described: it is removed by its name. */
const anyUrl = 'https://localhost';

/**
 * Shows what would be removed, asks, and removes it.
 *
 * @returns The exit code.
 */
export async function runRemoval(run: RegisterContext): Promise<number> {
  const { args, context, graph, signedIn, directory } = run;
  const { print } = context;
  const { namePrefix } = args;
  const removals = await planRemoval(graph, {
    spaUrls: [],
    bffUrl: anyUrl,
    ...(namePrefix !== undefined && { namePrefix }),
  });
  const files = await ownFilesIn(directory);
  const isEmpty = removals.length === 0 && files.length === 0;
  const outcome = { tenant: signedIn.tenant, changes: removals.map(({ change }) => change), files };
  // "Deleted items" that the removal itself creates are not shown.
  const shown = removals.filter(({ appears }) => !appears).map(({ change }) => change);
  const lines = isEmpty
    ? ['There is nothing to remove.']
    : [
        styleText('bold', 'To be removed for good:'),
        ...(shown.length === 0 ? [] : describePlan(shown).map((line) => `  ${line}`)),
        ...files.map((file) => `  - ${file}`),
      ];
  if (!args.json) for (const line of lines) print(line);
  if (args.dryRun) {
    if (args.json) print(JSON.stringify(outcome));
    return isEmpty || !args.exitCode ? exitCodes.done : exitCodes.differs;
  }

  if (!isEmpty && !args.yes && !(await context.confirm('Remove this?'))) {
    print('Nothing was removed.');
    return exitCodes.declined;
  }
  await removeApps(graph, removals);
  await removeFiles(files);
  if (args.json) print(JSON.stringify(outcome));
  else if (!isEmpty) print('Removed.');
  return exitCodes.done;
}
