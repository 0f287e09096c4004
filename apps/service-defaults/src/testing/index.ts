export * from './access-token.ts';
export * from './issuer.ts';
export * from './logger.ts';
export * from './raw-connection.ts';
export * from './tcp-fault-proxy.ts';
export * from './trace-collector.ts';
