/** Forms of the name of an API: `{{form}}` in the templates stands for one of them. */
export type Forms = Readonly<
  Record<'name' | 'camel' | 'Pascal' | 'CONSTANT' | 'snake' | 'words' | 'Words', string>
>;

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Returns the forms of a name, such as `time-sheets`. */
export function formsOf(name: string): Forms {
  const words = name.split('-');
  const Pascal = words.map(capitalized).join('');
  return {
    name,
    camel: Pascal.charAt(0).toLowerCase() + Pascal.slice(1),
    Pascal,
    CONSTANT: words.join('_').toUpperCase(),
    snake: words.join('_'),
    words: words.join(' '),
    Words: capitalized(words.join(' ')),
  };
}

/**
 * Says what is wrong with a name. It becomes part of the name of an npm package, of a scope (120 characters at most), of
 * an environment variable and of a URL.
 *
 * Source: docs.npmjs.com, "package.json", section "name"; Microsoft Graph, "permissionScope resource type".
 */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name) || name.length > 40)
    return 'must be lowercase letters and digits, in words with a hyphen between them, at most 40, and start with a letter';
  if (name.split('-').at(-1) === 'api') return 'gets "-api" at its end: omit it';
  // A section of the overview has this name.
  if (formsOf(name).camel in {}) return 'is a name that every object in JavaScript has';
  return undefined;
}
