/** One message about signing in or out, to show above the page. */
export interface Notice {
  intent: 'info' | 'error';
  title: string;
  detail: string;
  /** What support needs to find the event and what it means: an error code, a page of this repository, a correlation id. */
  reference?: string;
}
