/** Names of an example, in the forms in which leave occurs where nothing else has to change. */
export interface Words {
  /** In names of variables and members, such as the section of the overview. */
  camel: string;
  Pascal: string;
  /** In URLs. */
  name: string;
  /** In prose. */
  words: string;
  /** As the title of the section. */
  Words: string;
}

const isCode = (file: string): boolean => /\.(ts|tsx|js)$/.test(file);

/** Puts the names of an example in the place of those of leave. */
export function reword(file: string, text: string, { camel, Pascal, name, words, Words }: Words): string {
  const forms: [RegExp, string][] = [
    [/\/api\/leave-\w+/g, `/api/${name}`],
    [/\bLeave\.(?=[A-Z])/g, `${Pascal}.`],
    [/(?<=[a-z])Leave(?![a-z])|\bLeave(?=[A-Z])/g, Pascal],
    // The display names of the registrations are renamed like any other name.
    [isCode(file) ? /(?<=['"])Leave(?=['"])/g : /\bLeave(?![a-z]| \\?\()/g, Words],
    [/\bLeave(?![a-z]| \\?\()/g, Pascal],
    [/\bleave(?=[A-Z])/g, camel],
    [/\bLEAVE\b/g, name.toUpperCase()],
    [/^(\s*(?:\/?\*|\/\/).*)\bleave\b/gm, isCode(file) ? `$1${words}` : '$&'],
    [/(?<=\/|\w:)leave\b(?!: )|\bleave(?=-\w|:\/|\.(?:\w+\.)?example)/g, name],
    [/\bleave\b/g, isCode(file) ? camel : words],
  ];
  return forms.reduce((current, [from, to]) => current.replace(from, to), text);
}
