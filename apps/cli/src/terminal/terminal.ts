/** Where a command prints to, and how it reaches the user. */
export interface Terminal {
  /** A user can read what is printed, and act on it: without a terminal, the user is asked for nothing. */
  isInteractive: boolean;
  /** A browser that opens is visible to the user. */
  hasBrowser: boolean;
  /** Prints a line of the result. */
  print(line: string): void;
  /** Prints a line about what happens, which is no part of the result. */
  notify(line: string): void;
  /** Shows what is being waited for, until the returned function is called. */
  showProgress(text: string): () => void;
  openBrowser(url: string): Promise<void>;
}

/** Creates the terminal of this process: results go to stdout, everything else to stderr. */
export function processTerminal(env: Readonly<Record<string, string | undefined>>): Terminal {
  const { stdin, stdout, stderr } = process;
  // A reader that stops early, such as `head`, is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    hasBrowser: hasBrowser(env),
    print: (line) => void stdout.write(`${line}\n`),
    notify: (line) => void stderr.write(`${line}\n`),
    showProgress(text) {
      if (stderr.isTTY !== true) return () => {};
      stderr.write(text);
      return () => void stderr.write('\r\u001b[2K');
    },
    async openBrowser(url) {
      const { default: open } = await import('open');
      // Without a browser the user has the address, which is printed.
      const browser = await open(url).catch(() => undefined);
      browser?.once('error', () => {});
    },
  };
}

/** Checks whether a browser that opens is visible to the user: not in a remote session, and on Linux only with a display. */
export function hasBrowser(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  if (env.SSH_CONNECTION || env.CI || env.CODESPACES) return false;
  if (platform === 'win32' || platform === 'darwin') return true;
  return Boolean(env.BROWSER || env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}
