/** One screen of the portal as the page describes it: what to select, and what to enter. */
export interface Screen {
  path: string;
  fields: readonly (readonly [name: string, value: string])[];
}

/** The content of the page "How to register in the portal". */
export interface Page {
  /** The values to enter for each new registration, by column. */
  newRegistrations: readonly Readonly<Record<string, string>>[];
  /** The screens of each app, by its name, in the order of the page. */
  screens: readonly (readonly [app: string, screens: readonly Screen[]])[];
  /** The screens of the backend for frontend, its creation first, and those of the middle tier that change for it. */
  bff: { screens: readonly Screen[]; changes: readonly Screen[] };
  /** The values to enter for the authentication context, by field. */
  authenticationContext: Readonly<Record<string, string>>;
  /** Content of each environment file, by its path. */
  files: Readonly<Record<string, string>>;
  /** The body to send to Microsoft Graph for each app, by its name. */
  adoption: Readonly<Record<string, string>>;
  /** The commands that send such a body. */
  adoptionCommands: string;
}

/** Reads the tables and code blocks of the page. */
export function readPage(markdown: string): Page {
  const blocks = new Map(
    [...markdown.matchAll(/<!-- begin (.+?) -->([\s\S]*?)<!-- end -->/g)].map(
      ([, name = '', text = '']) => [name, text] as const,
    ),
  );
  const newRegistrations = tableIn(blocks.get('new registrations'));
  const [heading = [], ...rows] = newRegistrations;
  return {
    newRegistrations: rows.map((cells) =>
      Object.fromEntries(heading.map((name, at) => [name, cells[at] ?? ''])),
    ),
    screens: rows.map(([app = '']) => [app, screensIn(blocks.get(app))] as const),
    bff: {
      screens: screensIn(blocks.get('Leave (backend for frontend)')),
      changes: screensIn(blocks.get('changes for the backend for frontend')),
    },
    authenticationContext: Object.fromEntries(tableIn(blocks.get('authentication context')).slice(1)),
    files: Object.fromEntries(
      [...[...blocks.values()].join('\n').matchAll(/^`(.+)`:\n\n```sh\n([\s\S]*?)^```/gm)].map(
        ([, path = '', content = '']) => [path, content],
      ),
    ),
    adoption: Object.fromEntries(tableIn(blocks.get('adoption')).slice(1)),
    adoptionCommands: /^```sh\n(az [\s\S]*?)^```/m.exec(markdown)?.[1] ?? '',
  };
}

const screensIn = (text = ''): Screen[] =>
  [...text.matchAll(/^\*\*(.+)\*\*\n\n((?:\|.*\n)+)/gm)].map(([, path = '', table]) => ({
    path,
    fields: tableIn(table)
      .slice(1)
      .map(([name = '', value = '']) => [name, value] as const),
  }));

/** Returns the cells of a table, with its heading first. */
const tableIn = (text = ''): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.slice(2, -2).split(' | ').map(withoutCode));

const withoutCode = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;
