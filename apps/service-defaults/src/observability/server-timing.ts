import type { Response } from 'express';

/** Where a result came from, as far as it matters to how long it took. */
export type TimingSource = 'cache' | 'shared_cache' | 'identity_provider' | 'network';

/**
 * Collects what each hop of a request took and tells it in `Server-Timing` (W3C Server Timing, section 2). Of hops with
 * one name, such as two calls that wait for the same token, the longest is told.
 */
export class ServerTiming {
  readonly #started = performance.now();
  readonly #hops = new Map<string, { milliseconds: number; source: TimingSource | undefined }>();

  /**
   * @param name A token (RFC 9110), such as `graph_token`.
   * @param milliseconds How long the hop took.
   * @param source Where its result came from.
   */
  record(name: string, milliseconds: number, source?: TimingSource): void {
    if (milliseconds >= (this.#hops.get(name)?.milliseconds ?? 0))
      this.#hops.set(name, { milliseconds, source });
  }

  /** Adds the header at the last moment before the response's headers are written. */
  writeTo(response: Response): void {
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (...parameters: unknown[]) => {
      if (!response.headersSent) {
        this.record('total', performance.now() - this.#started);
        const hops = [...this.#hops].map(
          ([name, { milliseconds, source }]) =>
            `${name};dur=${milliseconds.toFixed(1)}${source === undefined ? '' : `;desc="${source}"`}`,
        );
        response.setHeader('Server-Timing', hops.join(', '));
      }
      return Reflect.apply(writeHead, response, parameters);
    };
  }
}
