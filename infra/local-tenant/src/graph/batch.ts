import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type Router } from 'express';
import { z } from 'zod';
import { badRequest, GraphError, notImplemented } from './graph-error.ts';
import { sendJson } from './odata-response.ts';

const batchSchema = z.object({
  requests: z
    .array(
      z.object({
        id: z.string().min(1),
        method: z.string(),
        url: z.string().min(1),
        headers: z.record(z.string(), z.string()).default({}),
        body: z.undefined().optional(),
        dependsOn: z.undefined().optional(),
      }),
    )
    .min(1),
});
type BatchRequest = z.infer<typeof batchSchema>['requests'][number];

const mostRequests = 20;

/** Headers of a response that Graph repeats in a batch. */
const repeatedHeaders = ['Cache-Control', 'Content-Type', 'OData-Version', 'Retry-After'];

/**
 * Adds `POST /$batch` of Microsoft Graph v1.0 to a router ("Combine multiple HTTP requests using JSON batching"), for
 * requests that read. Each is answered as if it had been sent alone, with the token of the batch and its permissions.
 *
 * @param graph Serves the requests in the batch, below `/v1.0`.
 */
export function addBatch(graph: Router): void {
  const app = express().use(graph);

  /** Answers one request in this process. */
  async function answer({ id, method, url, headers }: BatchRequest, authorization: string) {
    if (method.toUpperCase() !== 'GET') throw notImplemented(`${method} in a batch`);
    const request = new IncomingMessage(new Socket());
    request.method = 'GET';
    request.url = `/v1.0/${url.replace(/^\//, '')}`;
    for (const [name, value] of Object.entries(headers)) request.headers[name.toLowerCase()] = value;
    request.headers.authorization = authorization;
    request.push(null);
    const response = new ServerResponse(request);
    const body = await new Promise<Buffer>((resolve) => {
      Object.assign(response, {
        end(chunk: unknown) {
          resolve(Buffer.isBuffer(chunk) ? chunk : Buffer.from(typeof chunk === 'string' ? chunk : ''));
          return response;
        },
      });
      app(request, response);
    });
    const isJson = String(response.getHeader('Content-Type')).startsWith('application/json');
    return {
      id,
      status: response.statusCode,
      headers: Object.fromEntries(
        repeatedHeaders.flatMap((name) => {
          const value = response.getHeader(name);
          return value === undefined ? [] : [[name, String(value)]];
        }),
      ),
      body: isJson ? JSON.parse(body.toString()) : body.toString('base64'),
    };
  }

  graph.post('/v1.0/$batch', async (request, response) => {
    if (Array.isArray(request.body?.requests) && request.body.requests.length > mostRequests) {
      const message = `Number of batch request steps exceeds the maximum value of ${mostRequests}.`;
      throw new GraphError(400, 'MaximumValueExceeded', message);
    }
    const batch = batchSchema.safeParse(request.body);
    if (!batch.success) {
      const [issue] = batch.error.issues;
      const member = issue?.path.at(-1);
      if (member === 'body' || member === 'dependsOn') throw notImplemented(`${member} in a batch`);
      throw badRequest('Invalid batch payload format.', 'BadRequest');
    }
    const { requests } = batch.data;
    const ids = requests.map(({ id }) => id.toLowerCase());
    const repeated = requests.find(({ id }, index) => ids.indexOf(id.toLowerCase()) !== index);
    if (repeated) throw badRequest(`Request Id ${repeated.id} has to be unique in a batch.`, 'BadRequest');
    const authorization = request.get('authorization') ?? '';
    sendJson(response, 200, {
      responses: await Promise.all(requests.map((one) => answer(one, authorization))),
    });
  });
}
