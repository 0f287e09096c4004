/** Names of an example, in the forms in which leave occurs where nothing else has to change. */
export interface Words {
  /** In names of variables and members, such as the section of the overview. */
  camel: string;
  Pascal: string;
  /** In URLs. */
  path: string;
  /** In prose. */
  noun: string;
}

/** Returns a function that puts the names of an example in the place of those of leave. */
export const reworder =
  ({ camel, Pascal, path, noun }: Words) =>
  (file: string, text: string): string => {
    const words: [RegExp, string][] = [
      [/\/api\/leave-\w+/g, `/api/${path}`],
      [/\bLeave\.(?=[A-Z])/g, `${Pascal}.`],
      [/(?<=[a-z])Leave(?![a-z])/g, Pascal],
      // The display names of the registrations are renamed like any other name.
      [/\bLeave(?![a-z]| \\?\()/g, Pascal],
      [/\bleave(?=[A-Z])/g, camel],
      [/\bLEAVE\b/g, camel.toUpperCase()],
      ...(/\.(ts|tsx|js)$/.test(file)
        ? ([[/\bleave\b/g, camel]] as [RegExp, string][])
        : ([
            [/`leave`/g, `\`${camel}\``],
            [/(?<=[\w/:.-])leave\b|\bleave(?=[\w:.[-])/g, path],
            [/\bleave\b/g, noun],
          ] as [RegExp, string][])),
    ];
    return words.reduce((current, [from, to]) => current.replace(from, to), text);
  };
