/** What the process ends with, for programs that run it. */
export const exitCodes = {
  done: 0,
  /** Something that neither the user nor another attempt can help. */
  failed: 1,
  /** The command line or the configuration has an error. */
  usage: 2,
  /** The user must sign in, consent or verify their identity, and could not be asked, or did not. */
  signInRequired: 3,
  /** The middle tier rejected the request. */
  rejected: 4,
  /** A service did not respond. Another attempt may help. */
  unavailable: 5,
  /** The user pressed Ctrl-C. */
  canceled: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure, as `--json` prints it. */
export interface FailureDetails {
  /** Stable. */
  code: string;
  title: string;
  detail?: string | undefined;
  /** Page that explains the code. */
  type?: string | undefined;
  correlationId?: string | undefined;
  /** The members of the request that have an error. */
  errors?: readonly { member: string; message: string }[] | undefined;
}

/** A command failed for a reason that is explained to the user. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
  readonly exitCode: ExitCode;
  readonly details: FailureDetails;

  constructor(exitCode: ExitCode, details: FailureDetails, options?: ErrorOptions) {
    super(details.detail ?? details.title, options);
    this.exitCode = exitCode;
    this.details = details;
  }
}
