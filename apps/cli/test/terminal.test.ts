import { expect, test } from 'vitest';
import { hasBrowser } from '../src/terminal/terminal.ts';

test.each<[string, NodeJS.Platform, Record<string, string>, boolean]>([
  ['Windows', 'win32', {}, true],
  ['macOS', 'darwin', {}, true],
  ['Linux with a display', 'linux', { DISPLAY: ':0' }, true],
  ['Linux with Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['Linux in Windows', 'linux', { WSL_DISTRO_NAME: 'Ubuntu' }, true],
  ['Linux with a browser in BROWSER', 'linux', { BROWSER: 'w3m' }, true],
  ['Linux without a display', 'linux', {}, false],
  ['a remote session', 'darwin', { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' }, false],
  ['a codespace', 'linux', { CODESPACES: 'true', BROWSER: 'code' }, false],
])('whether a browser that opens is visible to the user: %s', (_where, platform, env, expected) => {
  expect(hasBrowser(env, platform)).toBe(expected);
});
