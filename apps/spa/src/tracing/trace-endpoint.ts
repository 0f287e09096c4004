/** Where a collector takes traces (OTLP over HTTP). */
export const traceEndpointOf = (otlpEndpoint: string): string =>
  `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`;
