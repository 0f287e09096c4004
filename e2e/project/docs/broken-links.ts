import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';

/** Returns the targets of a page's links, except those to other sites and those in code. */
function linksIn(text: string): string[] {
  const prose = text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target));
}

/** Returns the anchors that GitHub gives the headings of a page. */
function anchorsIn(text: string): string[] {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Returns the links of a page that lead to no file, or to no heading. */
export async function findBrokenLinks(root: string, page: string): Promise<string[]> {
  const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
  const broken: string[] = [];
  for (const link of linksIn(await read(page))) {
    const [path = '', anchor] = link.split('#');
    const target =
      path === '' ? page : relative(root, resolve(root, dirname(page), decodeURIComponent(path)));
    const exists = await stat(join(root, target)).then(
      () => true,
      () => false,
    );
    if (!exists || (anchor !== undefined && !anchorsIn(await read(target)).includes(anchor)))
      broken.push(link);
  }
  return broken;
}
