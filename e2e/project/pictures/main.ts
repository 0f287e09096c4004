import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Locator } from '@playwright/test';
import sharp from 'sharp';
import { findBrowser } from '../../browser/find-browser.ts';
import { type View, visit, windowSize } from './visit.ts';

/** Makes all pictures of the docs, light and dark, and beside each the text that it shows. */

const folder = resolve(import.meta.dirname, '../../../docs/pictures');
const colorSchemes = ['light', 'dark'] as const;
/** Bytes of one picture. */
const mostBytes = 60_000;
const animationWidth = 900;

// biome-ignore lint/style/noProcessEnv: the one place where this program reads the environment
const executablePath = findBrowser(process.env.E2E_BROWSER);

/** The files, by name. */
const made = new Map<string, Buffer | string>();
const frames: Record<(typeof colorSchemes)[number], { image: Buffer; duration: number }[]> = {
  light: [],
  dark: [],
};

/** Encodes a screenshot in the best way that fits: a tall one has fewer pixels. */
async function encode(screenshot: Buffer): Promise<Buffer> {
  for (const [width, quality] of [
    [1536, 75],
    [1536, 50],
    [1152, 60],
    [1024, 50],
    [900, 40],
  ] as const) {
    const image = await sharp(screenshot)
      .resize({ width })
      .webp({ quality, smartSubsample: true })
      .toBuffer();
    if (image.length <= mostBytes) return image;
  }
  throw new Error('A picture does not fit into its size');
}

async function take({ name, page, text, start, end, animated, onlyAnimated }: View): Promise<void> {
  const margin = 16;
  const edge = (locator: Locator, side: 'top' | 'bottom') =>
    locator.evaluate((element, at) => element.getBoundingClientRect()[at] + window.scrollY, side);
  const y = start ? Math.max(0, Math.floor((await edge(start, 'top')) - margin)) : 0;
  const bottom = end ? Math.ceil((await edge(end, 'bottom')) + margin) : windowSize.height;
  const clip = { x: 0, y, width: windowSize.width, height: bottom - y };
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme });
    const screenshot = await page.screenshot({ clip, fullPage: true, animations: 'disabled' });
    if (!onlyAnimated) made.set(`${name}-${colorScheme}.webp`, await encode(screenshot));
    if (animated === 0) continue;
    const inWindow = await page.screenshot({ animations: 'disabled' });
    const image = await sharp(inWindow).resize({ width: animationWidth }).png().toBuffer();
    frames[colorScheme].push({ image, duration: animated });
  }
  if (!onlyAnimated) made.set(`${name}.txt`, text);
}

const browser = await chromium.launch(executablePath === undefined ? {} : { executablePath });
try {
  await visit(browser, take);
} finally {
  await browser.close();
}
for (const colorScheme of colorSchemes) {
  const images = frames[colorScheme].map(({ image }) => image);
  const delay = frames[colorScheme].map(({ duration }) => duration);
  const animation = sharp(images, { join: { animated: true } }).webp({ quality: 70, loop: 0, delay });
  made.set(`flow-${colorScheme}.webp`, await animation.toBuffer());
}
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
for (const [file, content] of made) {
  await writeFile(join(folder, file), content);
  if (file.endsWith('.webp')) process.stdout.write(`${file}: ${(content.length / 1000).toFixed(1)} kB\n`);
}
