/** A form on a sign-in page. */
export interface HtmlForm {
  /** The form's step of the sign-in: `account`, `password`, `one-time-code`, `consent`, … */
  step: string;
  /** Path to post it to. */
  action: string;
  /** Values of its hidden and prefilled fields. */
  fields: Record<string, string>;
}

/** Reads the forms on one of this tenant's pages, which are all written the same way, so no HTML parser is needed. */
export function readForms(page: string): HtmlForm[] {
  return [...page.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', content = '']) => ({
    step: attribute(attributes, 'data-step'),
    action: attribute(attributes, 'action'),
    fields: Object.fromEntries(
      [...content.matchAll(/<input\b([^>]*)>/g)]
        .map(([, input = '']) => input)
        .filter((input) => attribute(input, 'type') !== 'checkbox')
        .map((input) => [attribute(input, 'name'), attribute(input, 'value')]),
    ),
  }));
}

/** Reads the error that a page shows, if any. */
export function readShownError(page: string): { number: number; text: string } | undefined {
  const [, attributes = '', content = ''] = /<p\b([^>]*\bid="error"[^>]*)>(.*?)<\/p>/s.exec(page) ?? [];
  const number = attribute(attributes, 'data-number');
  if (number === '') return undefined;
  const message = /<p role="alert">(.*?)<\/p>/s.exec(page)?.[1];
  return { number: Number(number), text: plain(message ?? content) };
}

/** Reads the one-time code that a page shows, if any. */
export const readShownCode = (page: string): string =>
  /<strong data-one-time-code>(\d+)<\/strong>/.exec(page)?.[1] ?? '';

function attribute(tag: string, name: string): string {
  return plain(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
}

function plain(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, '')
    .replace(
      /&(lt|gt|quot|#39|amp);/g,
      (_, entity: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'" })[entity] ?? '&',
    )
    .trim();
}
