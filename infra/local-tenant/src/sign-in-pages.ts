/** A form of a sign-in page, as a program sees it. */
export interface HtmlForm {
  /** Which step of the sign-in it belongs to: `account`, `password`, `approval`, `consent`, … */
  step: string;
  /** Path it is posted to. */
  action: string;
  /** What it sends unasked. */
  fields: Record<string, string>;
}

/** Reads the forms of one of our own pages. No HTML parser: the pages are ours and written one way. */
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

/** The error a page shows, if it shows one. */
export function readShownError(page: string): { number: number; text: string } | undefined {
  const [, attributes = '', content = ''] = /<p\b([^>]*\bid="error"[^>]*)>(.*?)<\/p>/s.exec(page) ?? [];
  const number = attribute(attributes, 'data-number');
  if (number === '') return undefined;
  const message = /<p role="alert">(.*?)<\/p>/s.exec(page)?.[1];
  return { number: Number(number), text: plain(message ?? content) };
}

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
