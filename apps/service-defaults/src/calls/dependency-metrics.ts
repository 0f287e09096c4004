import type { Meter } from '@opentelemetry/api';
import { type DependencyState, dependencyStates } from './circuit.ts';

/** Tells of each service behind this one in which state it is, as `/readyz` does: 1 for that state, 0 for the others. */
export function reportDependencies(
  meter: Meter | undefined,
  dependencies: Readonly<Record<string, () => DependencyState>>,
): void {
  meter
    ?.createObservableGauge('obo_dependency_state', { description: 'How the latest call went' })
    .addCallback((result) => {
      for (const [dependency, stateOf] of Object.entries(dependencies)) {
        const current = stateOf();
        for (const state of dependencyStates)
          result.observe(state === current ? 1 : 0, { dependency, state });
      }
    });
}
