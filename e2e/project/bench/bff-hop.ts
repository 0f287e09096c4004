import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { startBffChain } from '../../chain/bff.ts';
import { openSignedIn, priya } from '../../http/bff/browser.ts';
import { type BenchRow, divide, median, shownRow, withSpread } from './bench-row.ts';

const warmUpRounds = 200;
const rounds = 1_000;

/** Compares a warm overview request that the backend for frontend forwards with one that goes to the middle tier. */
export async function bffHopRows(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'spa-'));
  await writeFile(join(directory, 'index.html'), '');
  const unlimited = { RATE_LIMIT_PER_ADDRESS: '0', RATE_LIMIT_PER_USER: '0' };
  const chain = await startBffChain(directory, unlimited, { environment: unlimited });
  const browser = await openSignedIn(chain);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const bff = new Pool(chain.bffUrl);
  const middleTier = new Pool(chain.middleTierUrl);
  const token = await chain.accessTokenOf(priya);
  const forwarded = () => measure(bff, { cookie, 'x-session-user': browser.user });
  const direct = () => measure(middleTier, { authorization: `Bearer ${token}` });
  try {
    const measured: { through: number; beside: number }[] = [];
    // They take turns, because the machine's speed changes all the time.
    for (let round = 0; round < warmUpRounds + rounds; round += 1)
      measured.push({ through: await forwarded(), beside: await direct() });
    const counted = measured.slice(warmUpRounds);
    const through = counted.map((round) => round.through);
    const beside = counted.map((round) => round.beside);
    const milliseconds = (times: readonly number[]) => `${median(times).toFixed(2)} ms`;
    return [
      shownRow(
        'Backend for frontend: time of a warm overview through it / without it, one at a time, all in one process',
        `${withSpread(divide(through, beside))}; ${milliseconds(through)} / ${milliseconds(beside)}`,
      ),
    ];
  } finally {
    await Promise.all([bff.destroy(), middleTier.destroy()]);
    await chain.close();
    await rm(directory, { recursive: true });
  }
}

/** Returns the milliseconds of a request for the overview. */
async function measure(pool: Pool, headers: Record<string, string>): Promise<number> {
  const started = performance.now();
  const { statusCode, body } = await pool.request({ method: 'GET', path: '/api/overview', headers });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`The overview failed: ${statusCode} ${text.slice(0, 500)}`);
  return performance.now() - started;
}
