import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type Response, type Router } from 'express';
import { z } from 'zod';
import type { EntraServices } from '../entra/entra-services.ts';
import { entraErrors } from '../entra/errors/entra-error.ts';
import { onlyJson } from '../switches/switches.ts';

const recordingSchema = z.strictObject({ paused: z.boolean() });
const correlationIdSchema = z.guid().toLowerCase().optional().catch(undefined);
/** The error pages of this repository's docs. A copy of the tenant elsewhere does without. */
const errorPages = join(import.meta.dirname, '../../../../docs/reference/errors');

/** What the control room reads and changes, under `/local-tenant`. */
export function controlRoomApi({ events, recorder, traces, directory }: EntraServices): Router {
  const router = express.Router();
  router.get('/events', events.stream);
  router.get('/messages', (request, response) => {
    const correlationId = correlationIdSchema.parse(request.query.correlationId);
    const [spa] = directory.state.applications.flatMap((application) => application.spa.redirectUris);
    const about = { state: recorder.state(), removed: recorder.removed(), spa: URL.parse(spa ?? '')?.origin };
    sendJson(response, `{"recording":${JSON.stringify(about)},"messages":${recorder.json(correlationId)}}`);
  });
  router.get('/messages/file', (request, response) => {
    const correlationId = correlationIdSchema.parse(request.query.correlationId);
    const about =
      'Messages of a local tenant. Secrets and signatures were removed before they were recorded.';
    response.attachment('local-tenant-messages.json');
    const head = JSON.stringify({ about, savedAt: new Date() }).slice(0, -1);
    sendJson(response, `${head},"messages":${recorder.json(correlationId)}}\n`);
  });
  router.delete('/messages', onlyJson, (_request, response) => {
    recorder.clear();
    response.status(204).end();
  });
  router.put('/recording', onlyJson, express.json({ limit: '1kb' }), (request, response) => {
    const change = recordingSchema.safeParse(request.body);
    if (!change.success) {
      const error_description = z.prettifyError(change.error);
      return void response.status(400).json({ error: 'invalid_request', error_description });
    }
    recorder.pause(change.data.paused);
    response.json({ state: recorder.state() });
  });
  router.get('/traces', (_request, response) => void response.json(traces.list()));
  router.delete('/traces', onlyJson, (_request, response) => {
    traces.clear();
    events.publish('traces-cleared', {});
    response.status(204).end();
  });
  router.get('/errors/:number', async (request, response, next) => {
    const { number } = request.params;
    if (!Object.hasOwn(entraErrors, number)) return next();
    const page = await readFile(join(errorPages, `AADSTS${number}.md`), 'utf8').catch(
      () => `AADSTS${number}: https://login.microsoftonline.com/error?code=${number}\n`,
    );
    response.set('X-Content-Type-Options', 'nosniff').type('text/plain').send(page);
  });
  return router;
}

function sendJson(response: Response, json: string): void {
  response.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }).type('json').send(json);
}
