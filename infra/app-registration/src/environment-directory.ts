import { defaultNamePrefix } from './description.ts';

/**
 * Where environment files are by default. Those for the local tenant and for a real one never meet; nor do those of two
 * sets of apps.
 *
 * @returns relative to the repository's folder.
 */
export function environmentDirectory(tenant: 'local' | 'real', namePrefix = defaultNamePrefix): string {
  const directory = tenant === 'local' ? '.data/env' : '.data/tenant';
  return namePrefix === defaultNamePrefix ? directory : `${directory}-${namePrefix}`;
}
