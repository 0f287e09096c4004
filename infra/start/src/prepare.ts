import type { Environment } from '@obo/app-registration';
import type { Configuration, Part, Variables } from './configuration.ts';

/** What is known before anything runs. */
export interface Surroundings {
  /** The repository's folder. */
  root: string;
  environment: Variables;
  /** Which set of apps in a real tenant, if there are several. */
  namePrefix: string | undefined;
  /** Runs a part, and waits until it answers at `ready`. */
  run(
    part: Part,
    directory: string,
    program: readonly string[],
    variables: Environment,
    ready: string,
  ): Promise<void>;
}

/** What it takes to run the apps with a tenant. */
export interface Prepared {
  configuration: Configuration;
  /** What registering the apps left for each. */
  registered: Readonly<Record<'spa' | 'middleTierApi' | 'downstreamApi', Environment>>;
  /** What a person needs to know when everything answers. */
  greeting: readonly string[];
}
