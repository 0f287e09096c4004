import { expect } from 'vitest';
import { createMachine } from '../cli/machine.ts';
import type { Client } from './client.ts';

const whole = { exitCode: 0, stdout: expect.stringMatching(/Priya Raman[\s\S]+days left/), opened: [] };

export const commandLine: Client = {
  name: 'the command line',
  answers: {
    'the user declines to consent': {
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('You did not give your consent'),
    },
    'all is well': whole,
    'the access token has expired': whole,
    'the consent was withdrawn': {
      exitCode: 3,
      stdout: expect.stringContaining('days left'),
      stderr: expect.stringContaining('your profile could not be read'),
    },
    'a policy requires a second factor': {
      exitCode: 3,
      stdout: expect.stringContaining('Priya Raman'),
      stderr: expect.stringContaining('your leave could not be read'),
    },
    'the user was signed out everywhere': {
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('Sign in again with the command login.'),
    },
    'the client is not on the allow-list': {
      exitCode: 4,
      stdout: '',
      stderr: expect.stringMatching(
        /error: The calling application is not allowed\n[\s\S]*ALLOWED_CLIENT_IDS/,
      ),
    },
  },
  async open(chain) {
    const machine = await createMachine(chain);
    return {
      signIn: (consent) => machine.run(['login'], { consent }),
      // Without a terminal, so that it asks for nothing.
      readOverview: () => machine.run(['overview'], { isInteractive: false }),
      async recover() {
        const { exitCode, opened } = await machine.run(['overview']);
        expect({ exitCode, opened: opened.length }).toEqual({ exitCode: 0, opened: 1 });
      },
      close: machine.remove,
    };
  },
};
