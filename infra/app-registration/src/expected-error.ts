/** Something that a person can do something about. The message says what; nobody needs the stack. */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';
}
