/** An error that the user can act on. Its message says how; the stack is not printed. */
export class ExpectedError extends Error {
  override readonly name: string = 'ExpectedError';
}
