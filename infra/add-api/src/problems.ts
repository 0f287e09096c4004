/** What the user asked for makes no sense, or does not fit the repository. The message names every problem. */
export class Problems extends Error {
  override name = 'Problems';
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
