import diagnostics from 'node:diagnostics_channel';
import { openSync, writeSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Observation, observationsFile, secretNames, secretVariables, shortest } from './observation.ts';

// Loaded into every process of a test run, before anything else of it. It changes nothing of what happens.

// biome-ignore lint/style/noProcessEnv: the test run hands it down in the environment
const environment = process.env;

function observe(file: string): void {
  const output = openSync(file, 'a');
  const note = (observation: Observation): void => void writeSync(output, `${JSON.stringify(observation)}\n`);
  const noteSecret = (name: string, text: unknown): void => {
    if (typeof text === 'string' && text.length >= shortest) note({ kind: 'secret', name, text });
  };

  for (const name of secretVariables) noteSecret(name, environment[name]);

  diagnostics.subscribe('obo:log', (text) => note({ kind: 'log', text: String(text) }));

  diagnostics.subscribe('http.server.request.start', (message) => {
    const request: unknown = Reflect.get(Object(message), 'request');
    const response: unknown = Reflect.get(Object(message), 'response');
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return;
    noteSecret('bearer', signedToken.exec(request.headers.authorization ?? '')?.[1]);
    // Routers change the URL later.
    const isControlRoom = controlRoom.test(request.url ?? '');
    const received = chunksOf(request);
    const sent = sentChunksOf(response);
    response.once('close', () => {
      const body = sent.join('');
      // Only our own APIs send it. What the tenant takes and gives is full of secrets, as it must be, except what its
      // control room shows.
      if (response.hasHeader('x-correlation-id') || isControlRoom) {
        const headers = JSON.stringify(response.getHeaders());
        note({ kind: 'answer', text: `${response.statusCode} ${headers} ${body}` });
      } else {
        for (const [name, value] of [...parametersOf(received.join('')), ...parametersOf(body)])
          noteSecret(name, value);
      }
    });
  });

  // Answers to what could not be read are written without a response object.
  const { end } = Socket.prototype;
  Socket.prototype.end = function (this: Socket, ...parameters: unknown[]) {
    const [text] = parameters;
    if (typeof text === 'string' && text.startsWith('HTTP/1.1 ')) note({ kind: 'answer', text });
    return Reflect.apply(end, this, parameters);
  };
}

const controlRoom = /^\/local-tenant\//;

const signedToken = /^bearer +([\w-]+\.[\w-]+\.[\w-]{80,})$/i;

/** Collects the chunks of the body as its reader receives them. */
function chunksOf(request: IncomingMessage): string[] {
  const chunks: string[] = [];
  const { emit } = request;
  request.emit = (...parameters: unknown[]) => {
    const [event, chunk] = parameters;
    if (event === 'data') chunks.push(String(chunk));
    return Reflect.apply(emit, request, parameters);
  };
  return chunks;
}

function sentChunksOf(response: ServerResponse): string[] {
  const chunks: string[] = [];
  for (const method of ['write', 'end'] as const) {
    const original: unknown = response[method];
    if (typeof original !== 'function') continue;
    Object.assign(response, {
      [method]: (...parameters: unknown[]) => {
        const [chunk] = parameters;
        if (typeof chunk === 'string') chunks.push(chunk);
        else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk).toString('latin1'));
        return Reflect.apply(original, response, parameters);
      },
    });
  }
  return chunks;
}

/** Secret parameters of a form or members of a JSON object. */
function parametersOf(body: string): [name: string, value: unknown][] {
  let members: [string, unknown][];
  if (body.startsWith('{')) {
    try {
      // An authorization code is sent in a form; a `code` in JSON is that of an error.
      members = Object.entries(JSON.parse(body)).filter(([name]) => name !== 'code');
    } catch {
      members = [];
    }
  } else {
    members = [...new URLSearchParams(body)];
  }
  return members.filter(([name]) => secretNames.has(name));
}

const directory = environment.OBSERVATIONS_DIRECTORY;
if (directory !== undefined) observe(observationsFile(directory));
