import { styleText } from 'node:util';
import { ownFilesIn, removeFiles } from '../environment/environment-files.ts';
import { planRemoval, removeApps } from '../remove-apps.ts';
import { describePlan } from '../settings/describe-changes.ts';
import { exitCodes, type Program } from './program.ts';

/** Shows what would be removed, asks, and removes it. */
export async function runRemoval(program: Program): Promise<number> {
  const { args, surroundings, graph, signedIn, directory } = program;
  const { print } = surroundings;
  const namePrefix = args['name-prefix'];
  const removals = await planRemoval(graph, {
    spaUrls: [],
    ...(namePrefix !== undefined && { namePrefix }),
  });
  const files = await ownFilesIn(directory);
  const changes = removals.map(({ change }) => change);
  const isNothing = removals.length === 0 && files.length === 0;
  const outcome = { tenant: signedIn.tenant, changes, files };
  // What appears only on the way is part of "for good".
  const shown = removals.filter(({ appears }) => !appears).map(({ change }) => change);
  const lines = isNothing
    ? ['There is nothing to remove.']
    : [
        styleText('bold', 'To be removed for good:'),
        ...(shown.length === 0 ? [] : describePlan(shown).map((line) => `  ${line}`)),
        ...files.map((file) => `  - ${file}`),
      ];
  if (!args.json) for (const line of lines) print(line);
  if (args['dry-run']) {
    if (args.json) print(JSON.stringify(outcome));
    return isNothing ? exitCodes.done : exitCodes.differs;
  }

  if (!isNothing && !args.yes && !(await surroundings.confirm('Remove this?'))) {
    print('Nothing was removed.');
    return exitCodes.refused;
  }
  await removeApps(graph, removals);
  await removeFiles(files);
  if (args.json) print(JSON.stringify(outcome));
  else if (!isNothing) print('Removed.');
  return exitCodes.done;
}
