/** Where `start` serves the apps, if it is told nothing else. */
export const usualUrls = {
  spa: 'http://localhost:3000',
  middleTierApi: 'http://localhost:4000',
  downstreamApi: 'http://localhost:4100',
} as const;
