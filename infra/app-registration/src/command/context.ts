/** What the program has around it, so that it reads nothing by itself. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  stdin: NodeJS.ReadableStream;
  /** Somebody reads what is printed and can answer. */
  isTerminal: boolean;
  /** Prints a line of the result. */
  print(line: string): void;
  /** Tells the person something on the way. */
  say(line: string): void;
  /** Asks a question with yes or no. */
  confirm(question: string): Promise<boolean>;
}

/** What it takes of them to sign somebody in. */
export type SignInSurroundings = Omit<Surroundings, 'print' | 'confirm'>;
