/** One message about signing in or out, to show above the page. */
export interface Notice {
  intent: 'info' | 'error';
  title: string;
  detail: string;
  /** What support needs to find the event: an error code, a correlation id. */
  reference?: string;
}
