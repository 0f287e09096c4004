import { element, fill } from './elements.js';

/**
 * What `read-spans.ts` made of a span.
 *
 * @typedef {object} Span
 * @property {string} traceId
 * @property {string} spanId
 * @property {string} [parentSpanId]
 * @property {string} service
 * @property {string} name
 * @property {number} start Milliseconds since 1970.
 * @property {number} duration Milliseconds.
 * @property {boolean} failed
 * @property {Record<string, string | number>} attributes
 *
 * @typedef {{ traceId: string, spans: Span[] }} Trace
 * @typedef {{ span: Span, depth: number, parent: Span | undefined }} Row
 */

/** As many as the tenant keeps. */
const mostTraces = 100;
const colors = 6;

/** @type {import('./control-room.js').View['mount']} */
export function mount(view, room) {
  /** @type {Map<string, Trace>} */
  const traces = new Map();
  /** Traces that the user folded or unfolded. @type {Map<string, boolean>} */
  const chosen = new Map();
  const message = element('p', { role: 'status' });
  const list = element('div', { class: 'traces' });
  const clear = element(
    'button',
    {
      type: 'button',
      class: 'button',
      onclick: () => room.send('DELETE', '/traces').catch(({ message: reason }) => fill(message, reason)),
    },
    'Clear',
  );
  view.append(
    element(
      'p',
      { class: 'lead' },
      'One waterfall for each request that the SPA sent: from the browser through the middle tier and the exchange to Microsoft Graph, the downstream API and the database.',
    ),
    element('div', { class: 'trace-actions' }, message, clear),
    list,
  );
  let requested = '';

  function render() {
    const latest = [...traces.values()].sort((a, b) => startOf(b) - startOf(a)).slice(0, mostTraces);
    for (const traceId of traces.keys())
      if (!latest.some((trace) => trace.traceId === traceId)) traces.delete(traceId);
    clear.hidden = latest.length === 0;
    const found = latest.find((trace) => isNamed(trace, requested));
    fill(
      message,
      requested &&
        !found &&
        latest.length > 0 &&
        `There is no trace with the ID ${requested}. Spans arrive within five seconds; the latest ${mostTraces} traces are kept.`,
    );
    if (latest.length === 0) return fill(list, emptyState());
    fill(
      list,
      ...latest.map((trace, at) =>
        waterfall(trace, chosen.get(trace.traceId) ?? (found ? trace === found : at === 0), (isOpen) =>
          chosen.set(trace.traceId, isOpen),
        ),
      ),
    );
  }

  room.on('trace', (trace) => {
    traces.set(trace.traceId, trace);
    render();
  });
  room.on('traces-cleared', () => {
    traces.clear();
    render();
  });
  const read = async () => {
    try {
      const all = await room.get('/traces');
      traces.clear();
      for (const trace of all) traces.set(trace.traceId, trace);
      render();
    } catch (error) {
      fill(message, error instanceof Error ? error.message : String(error));
    }
  };
  room.on('connected', read);
  read();

  return {
    show(parameter) {
      requested = parameter;
      if (parameter === '') return;
      for (const trace of traces.values()) if (isNamed(trace, parameter)) chosen.set(trace.traceId, true);
      render();
      const found = [...traces.values()].find((trace) => isNamed(trace, parameter));
      if (found) document.getElementById(`trace-${found.traceId}`)?.scrollIntoView();
    },
  };
}

const emptyState = () =>
  element(
    'div',
    { class: 'empty' },
    element(
      'p',
      {},
      'There are no traces yet. Open the overview in the SPA: its trace appears here within five seconds.',
    ),
    element(
      'p',
      { class: 'muted' },
      'The apps send their traces here when ',
      element('code', {}, 'start'),
      ' runs them, unless ',
      element('code', {}, 'OTEL_TRACES_EXPORTER=none'),
      ' turns traces off or ',
      element('code', {}, 'OTEL_EXPORTER_OTLP_ENDPOINT'),
      ' names another collector.',
    ),
  );

/** @param {Trace} trace */
const startOf = ({ spans }) => Math.min(...spans.map(({ start }) => start));

/** @param {Trace} trace */
const correlationIdOf = ({ spans }) =>
  spans.map(({ attributes }) => attributes['correlation.id']).find((id) => id !== undefined);

/**
 * @param {Trace} trace
 * @param {string} id A trace ID or correlation ID.
 */
const isNamed = (trace, id) => id !== '' && (trace.traceId === id || correlationIdOf(trace) === id);

/**
 * Puts each span below the one that caused it. A span whose cause is not there is a beginning.
 *
 * @param {Trace} trace
 * @returns {Row[]}
 */
function rowsOf({ spans }) {
  const byStart = [...spans].sort((a, b) => a.start - b.start);
  const byId = new Map(byStart.map((span) => [span.spanId, span]));
  /** @type {Map<Span, Row>} */
  const rows = new Map();
  /** @param {Span} span @param {number} depth @param {Span} [parent] */
  const add = (span, depth, parent) => {
    if (rows.has(span)) return;
    rows.set(span, { span, depth, parent });
    for (const child of byStart) if (child.parentSpanId === span.spanId) add(child, depth + 1, span);
  };
  for (const span of byStart) if (!byId.has(span.parentSpanId ?? '')) add(span, 0);
  // Spans that name each other as their cause.
  for (const span of byStart) add(span, 0);
  return [...rows.values()];
}

/**
 * @param {Trace} trace
 * @param {boolean} isOpen
 * @param {(isOpen: boolean) => void} onToggle
 */
function waterfall(trace, isOpen, onToggle) {
  const rows = rowsOf(trace);
  const begin = startOf(trace);
  const total = Math.max(...trace.spans.map(({ start, duration }) => start + duration)) - begin;
  const name = rows[0]?.span.name ?? '';
  const correlationId = correlationIdOf(trace);
  const services = [...new Set(rows.map(({ span }) => span.service))];
  const failed = trace.spans.filter((span) => span.failed).length;
  const facts = [
    new Date(begin).toLocaleTimeString(),
    inUnits(total),
    trace.spans.length === 1 ? '1 span' : `${trace.spans.length} spans`,
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  const details = element(
    'details',
    { class: 'trace', id: `trace-${trace.traceId}`, open: isOpen },
    element(
      'summary',
      {},
      element('h2', {}, name),
      ' ',
      element('span', { class: failed > 0 ? 'failed' : 'muted' }, facts.join(' · ')),
    ),
    correlationId !== undefined &&
      element(
        'p',
        {},
        element('a', { href: `#conversation/${correlationId}` }, 'Messages and tokens of this request'),
        ' ',
        element('small', {}, 'correlation ID ', element('code', {}, correlationId)),
      ),
    element(
      'table',
      {},
      element('caption', {}, `Spans of ${name}, each below the one that caused it`),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...['Step', 'Result', 'Start', 'Duration', 'Timeline'].map((title) =>
            element('th', { scope: 'col' }, title),
          ),
        ),
      ),
      element(
        'tbody',
        {},
        ...rows.map((row) => rowElement(row, begin, total, services.indexOf(row.span.service))),
      ),
    ),
  );
  // It also comes when an open one is created.
  details.addEventListener('toggle', () => details.open !== isOpen && onToggle(details.open));
  return details;
}

/**
 * @param {Row} row
 * @param {number} begin
 * @param {number} total
 * @param {number} service Position of the service.
 */
function rowElement({ span, depth, parent }, begin, total, service) {
  const offset = span.start - begin;
  const bar = element('span', { class: `bar color-${service % colors}${span.failed ? ' failed' : ''}` });
  bar.style.setProperty('--offset', String(total > 0 ? offset / total : 0));
  bar.style.setProperty('--length', String(total > 0 ? span.duration / total : 1));
  const step = element(
    'th',
    { scope: 'row' },
    element('span', { class: 'step' }, span.name),
    parent && element('span', { class: 'visually-hidden' }, `, part of ${parent.name}`),
    element('span', { class: `service color-${service % colors}` }, span.service),
  );
  step.style.setProperty('--depth', String(Math.min(depth, 8)));
  return element(
    'tr',
    {},
    step,
    element('td', { class: span.failed ? 'failed' : undefined }, resultOf(span)),
    element('td', { class: 'number' }, inUnits(offset)),
    element('td', { class: 'number' }, inUnits(span.duration)),
    element('td', { class: 'timeline' }, bar),
  );
}

/** @param {Span} span */
function resultOf({ failed, attributes }) {
  const words = [
    attributes['http.response.status_code'],
    attributes['error.type'] ?? (failed ? 'failed' : undefined),
    attributes['span.source'] && `from ${attributes['span.source']}`,
  ].filter((word) => word !== undefined && word !== '');
  return words.length === 0 ? 'ok' : words.map((word) => String(word).replaceAll('_', ' ')).join(' · ');
}

/** @param {number} milliseconds */
const inUnits = (milliseconds) =>
  milliseconds >= 1000
    ? `${(milliseconds / 1000).toFixed(2)} s`
    : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
