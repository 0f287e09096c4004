import { connect } from 'node:net';

/** An answer as it came over a connection. */
export interface RawAnswer {
  status: number;
  /** By their names in lower case; of a repeated one the last. */
  headers: ReadonlyMap<string, string>;
  body: string;
}

/** A connection that sends bytes which no HTTP client would. */
export interface RawConnection {
  send(bytes: string | Uint8Array): void;
  /** Resolves when the server has closed the connection, with all it answered before. */
  closed: Promise<RawAnswer[]>;
}

/**
 * Opens a connection to a server. A string is sent as Latin-1, so that each character is a byte.
 *
 * @param deadline Milliseconds without a byte after which `closed` rejects: the server hangs.
 */
export function openRawConnection(url: string, deadline = 10_000): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const closed = new Promise<RawAnswer[]>((resolve, reject) => {
    socket.setTimeout(deadline, () => {
      reject(new Error('The server neither answered nor closed the connection'));
      socket.destroy();
    });
    // A server that has more to read than it wants closes with a reset.
    socket.on('error', () => {});
    socket.on('close', () => {
      try {
        resolve(parseAnswers(Buffer.concat(received)));
      } catch (error) {
        reject(error);
      }
    });
  });
  return {
    send: (bytes) => void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    closed,
  };
}

/** Sends bytes on a connection of their own and returns what is answered until the server closes it. */
export function sendRaw(url: string, bytes: string | Uint8Array, deadline?: number): Promise<RawAnswer[]> {
  const connection = openRawConnection(url, deadline);
  connection.send(bytes);
  return connection.closed;
}

function parseAnswers(received: Buffer): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = received;
  while (rest.length > 0) {
    const endOfHead = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.toString('latin1', 0, endOfHead).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    if (endOfHead < 0 || Number.isNaN(status)) throw new Error(`Not an answer: ${rest.toString('latin1')}`);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const endOfBody = endOfHead + 4 + Number(headers.get('content-length') ?? 0);
    answers.push({ status, headers, body: rest.toString('utf8', endOfHead + 4, endOfBody) });
    rest = rest.subarray(endOfBody);
  }
  return answers;
}
