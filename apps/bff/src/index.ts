export { type Bff, createBff } from './app.ts';
export { type Configuration, readConfiguration, variablesSchema } from './configuration.ts';
