import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { z } from 'zod';
import { createKeptThread, endKeptThread } from './kept-thread.ts';
import { parts } from './parts.ts';

// biome-ignore lint/style/noProcessEnv: StrykerJS has no other way to pass it to its processes
const part = parts[z.string().parse(process.env.MUTATED_PART)];

const manifestSchema = z.object({
  name: z.string(),
  exports: z
    .union([z.string().transform((file) => ({ '.': file })), z.record(z.string(), z.string())])
    .default({}),
});

/** The files that packages export, by what imports them: through `node_modules`, tests would import the originals. */
const exported = new Map(
  globSync('{apps,infra}/*/package.json').flatMap((manifest) => {
    const { name, exports } = manifestSchema.parse(JSON.parse(readFileSync(manifest, 'utf8')));
    return Object.entries(exports).map(
      ([entry, file]) => [join(name, entry), join(process.cwd(), dirname(manifest), file)] as const,
    );
  }),
);

/** Runs short files first, because the first test that fails ends the run. */
class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).reverse();
  }
}

/** Runs the tests of one part, in the copy of this repository that StrykerJS makes, without looking for leaks. */
export default defineConfig({
  plugins: [
    { name: 'mutated-packages', enforce: 'pre', resolveId: (source) => exported.get(source) },
    {
      name: 'kept-thread',
      configureVitest({ project, vitest }) {
        vitest.onClose(endKeptThread);
        project.config.pool = 'kept-thread';
        project.config.poolRunner = { name: 'kept-thread', createPoolWorker: createKeptThread };
      },
    },
  ],
  test: {
    include: part?.tests ?? [],
    setupFiles: ['e2e/project/mutants/cover-hooks.ts'],
    isolate: false,
    sequence: { sequencer: ShortestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
