import { ExpectedError } from '../expected-error.ts';

/** Microsoft Graph rejected a request, or did not answer. Holds no token and no request body. */
export class GraphRequestError extends ExpectedError {
  override readonly name = 'GraphRequestError';
  /** HTTP status; null when there was no response. */
  readonly status: number | null;
  /** Graph's error code, e.g. `Authorization_RequestDenied`. */
  readonly code: string;
  /** Identifies the request, e.g. for Microsoft's support. */
  readonly requestId: string | null;

  constructor(
    request: string,
    response: { status: number | null; code: string; message: string; requestId: string | null },
  ) {
    const trace = response.requestId === null ? '' : ` (request-id ${response.requestId})`;
    super(
      [`${request}: ${response.code}: ${response.message}${trace}`, advice(response.code)]
        .filter(Boolean)
        .join('\n'),
    );
    this.status = response.status;
    this.code = response.code;
    this.requestId = response.requestId;
  }
}

/** Code of an error after which it is not known whether Graph carried the request out. */
export const mayBeDone = 'mayBeDone';

const advices: Readonly<Record<string, string>> = {
  Authorization_RequestDenied:
    'The signed-in user may not do this. Registering apps requires the directory role Application Developer, Cloud Application Administrator or Global Administrator, and a token with Application.ReadWrite.All.',
  InvalidAuthenticationToken:
    'The access token is not for this Microsoft Graph, or it has expired. Sign in again.',
  CannotDeleteOrUpdateEnabledEntitlement:
    'A scope changed while it was enabled. Run this again: it disables the scope first.',
  CredentialTypeNotAllowedAsPerAppPolicy:
    'A policy of the organization does not allow this kind of credential. Run this again with `--credential certificate`, or with `--credential federated` where a managed identity or a workload has its own.',
  CredentialInvalidLifetimeAsPerAppPolicy:
    'A policy of the organization does not allow a credential that is valid for so long. Run this again with another kind: `--credential certificate` or `--credential federated`.',
  Directory_ConcurrencyViolation:
    'Other changes to the directory were in the way for a minute. Run this again: it continues where this run stopped.',
  ObjectConflict:
    'A deleted app may still have the name or the identifier URI: delete it permanently under "Deleted applications", then run this again.',
  unreachable:
    'Check that it is running and that the address is correct. `pnpm start` starts the local tenant.',
  timeout: 'It took too long to answer. Run this again: it continues where this run stopped.',
  mayBeDone:
    'It is not known whether Graph did this, so it was not repeated. Run this again: it continues, and removes what is left over.',
  TooManyRequests: 'It throttles requests for longer than a minute. Wait, then run this again.',
};

function advice(code: string): string | undefined {
  return advices[code];
}
