import { createPrivateKey, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import {
  type AppKey,
  type Environment,
  environmentFilesIn,
  readEnvironment,
  readIfExists,
} from '@obo/app-registration';
import { apps, forEachApp } from '@obo/app-registration/apps';
import { type LocalCertificate, readLocalCertificate } from '@obo/app-registration/tenant';
import { lowerCaseGuids } from '@obo/service-defaults/configuration';

export interface EnvironmentFile {
  key: AppKey;
  path: string;
  state: 'readable' | 'missing' | 'unreadable';
  /** Permission bits; `null` on Windows. */
  mode: number | null;
}

export interface CertificateFile {
  path: string;
  /** `null` when the file has no valid one. */
  certificate: LocalCertificate | null;
  /** The file has the certificate's private key. */
  hasKey: boolean;
}

/** The environment files of a tenant, and their content, normalized as the APIs do it. */
export interface Files {
  directory: string;
  files: readonly EnvironmentFile[];
  environments: Readonly<Record<AppKey, Environment>>;
  /** The certificate of each app whose file names one. */
  certificates: Readonly<Partial<Record<AppKey, CertificateFile>>>;
}

/** Reads the environment files without checking their content. */
export async function readFiles(directory: string): Promise<Files> {
  const paths = environmentFilesIn(directory);
  const read = await Promise.all(apps.map(({ key }) => readEnvironmentFile(key, paths[key])));
  const environments = forEachApp(({ key }) => read.find(({ file }) => file.key === key)?.environment ?? {});
  const certificates: Partial<Record<AppKey, CertificateFile>> = {};
  for (const { key } of apps) {
    const path = environments[key].CLIENT_CERTIFICATE_FILE;
    if (path) certificates[key] = await readCertificate(path);
  }
  return {
    directory,
    files: read.map(({ file }) => file),
    environments,
    certificates,
  };
}

async function readEnvironmentFile(
  key: AppKey,
  path: string,
): Promise<{ file: EnvironmentFile; environment: Environment }> {
  try {
    if ((await readIfExists(path)) === null)
      return { file: { key, path, state: 'missing', mode: null }, environment: {} };
    const mode = process.platform === 'win32' ? null : (await stat(path)).mode & 0o777;
    const environment = Object.entries(await readEnvironment(path)).map(normalize);
    return { file: { key, path, state: 'readable', mode }, environment: Object.fromEntries(environment) };
  } catch {
    return { file: { key, path, state: 'unreadable', mode: null }, environment: {} };
  }
}

/** Names of variables that contain GUIDs. Paths, which may contain some too, must stay as they are. */
const withGuids = /(_IDS?|_URI|^AUTHORITY|_METADATA)$/;

function normalize([name, text]: [string, string]): [string, string] {
  const value = name === 'AUTHORITY' ? text.trim().replace(/(\/v2\.0)?\/*$/, '') : text.trim();
  return [name, withGuids.test(name) ? lowerCaseGuids(value) : value];
}

async function readCertificate(path: string): Promise<CertificateFile> {
  try {
    const certificate = await readLocalCertificate(path);
    return {
      path,
      certificate,
      hasKey: certificate !== null && hasPrivateKey(certificate, await readIfExists(path)),
    };
  } catch {
    return { path, certificate: null, hasKey: false };
  }
}

function hasPrivateKey({ key }: LocalCertificate, pem: string | null): boolean {
  try {
    return new X509Certificate(Buffer.from(key, 'base64')).checkPrivateKey(createPrivateKey(pem ?? ''));
  } catch {
    return false;
  }
}
