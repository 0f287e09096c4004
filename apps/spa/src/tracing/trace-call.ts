import { traceEndpointOf } from '../configuration/configuration-schema.ts';
import type { CallTracer } from './tracer.ts';

let tracer: Promise<CallTracer | null> | undefined;

/**
 * Makes a call to an API, in a trace if the environment has a collector. The tracer is loaded for the first call; if
 * there is no collector or it cannot be loaded, the call is made without a trace.
 *
 * @param name Method and path as the API's router knows them, such as `DELETE /api/leave-requests/:id`.
 * @param call Makes the call with the headers that tell the API its place in the trace.
 */
export async function traceCall(
  otlpEndpoint: string | undefined,
  name: string,
  call: (headers: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  if (otlpEndpoint === undefined) return call({});
  tracer ??= import('./tracer.ts').then(
    ({ createCallTracer }) => createCallTracer(traceEndpointOf(otlpEndpoint)),
    () => null,
  );
  const trace = await tracer;
  return trace ? trace(name, call) : call({});
}
