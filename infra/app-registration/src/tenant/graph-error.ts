import { ExpectedError } from '../expected-error.ts';

/** Microsoft Graph refused a request, or could not be asked. Holds no token and no request body. */
export class GraphRequestError extends ExpectedError {
  override readonly name = 'GraphRequestError';
  /** Of the answer; null when there was none. */
  readonly status: number | null;
  /** Graph's error code, e.g. `Authorization_RequestDenied`. */
  readonly code: string;
  /** To find the request again, with Microsoft's support for instance. */
  readonly requestId: string | null;

  constructor(
    request: string,
    answer: { status: number | null; code: string; message: string; requestId: string | null },
  ) {
    const trace = answer.requestId === null ? '' : ` (request-id ${answer.requestId})`;
    super(
      [`${request}: ${answer.code}: ${answer.message}${trace}`, advice(answer.code)]
        .filter(Boolean)
        .join('\n'),
    );
    this.status = answer.status;
    this.code = answer.code;
    this.requestId = answer.requestId;
  }
}

const advices: Readonly<Record<string, string>> = {
  Authorization_RequestDenied:
    'The signed-in person may not do this. Registering apps needs the directory role Application Developer, Cloud Application Administrator or Global Administrator, and a token with Application.ReadWrite.All.',
  InvalidAuthenticationToken:
    'The access token is not one for this Microsoft Graph, or it has expired. Sign in again.',
  CannotDeleteOrUpdateEnabledEntitlement:
    'A scope changed while it was enabled. Run this again: it disables the scope first.',
  ObjectConflict:
    'A deleted app may still hold the name or the identifier URI: delete it for good under "Deleted applications", then run this again.',
  unreachable:
    'Check that it runs and that the address is right. The local tenant is started by `pnpm start`.',
  timeout: 'It took too long to answer. Run this again; what was done already is kept.',
  TooManyRequests: 'It asked for more patience than this program has. Wait a minute, then run this again.',
};

function advice(code: string): string | undefined {
  return advices[code];
}
