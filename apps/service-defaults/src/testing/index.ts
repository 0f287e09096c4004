export * from './issuer.ts';
export * from './raw-connection.ts';
