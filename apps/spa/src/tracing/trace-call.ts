import { loadConfiguration } from '../configuration/load-configuration.ts';
import { traceEndpointOf } from './trace-endpoint.ts';
import type { CallTracer } from './tracer.ts';

let loading: Promise<CallTracer | null> | undefined;

/**
 * Makes a call to an API, and records it where the environment wants traces. The tracer is loaded for the first call;
 * where no traces are wanted, or it cannot be loaded, none of it is, and the call is made all the same.
 *
 * @param name Method and path as the API's router knows them, such as `DELETE /api/leave-requests/:id`.
 * @param call Makes the call with these headers, which tell the API its place in the trace.
 */
export async function traceCall(
  name: string,
  call: (headers: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  const { otlpEndpoint } = await loadConfiguration();
  if (otlpEndpoint === undefined) return call({});
  loading ??= import('./tracer.ts').then(
    ({ createCallTracer }) => createCallTracer(traceEndpointOf(otlpEndpoint)),
    () => null,
  );
  const trace = await loading;
  return trace ? trace(name, call) : call({});
}
