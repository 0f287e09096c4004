import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { readConfiguration } from './configuration.ts';
import type { ExitCode } from './exit-codes.ts';
import { cancelLeave, requestLeave } from './leave/leave-requests.ts';
import { printLeave, printLeaveRequest } from './leave/print-leave.ts';
import { MiddleTier } from './middle-tier/middle-tier.ts';
import { ApiProblem, exitCodeOf } from './middle-tier/problem.ts';
import { problemsIn, readOverview } from './overview/overview.ts';
import { printOverview } from './overview/print-overview.ts';
import { createMsalClient } from './sign-in/msal-client.ts';
import { Session } from './sign-in/session.ts';
import { SignInRequired } from './sign-in/sign-in-failure.ts';
import { createTokenFile, removeTokenFile, tokenFileOf } from './sign-in/token-file.ts';
import { printTeam } from './team/print-team.ts';
import { decideLeave, listTeamRequests } from './team/team.ts';
import { plain } from './terminal/table.ts';
import type { Terminal } from './terminal/terminal.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** What the command does once it is known who the user is and what they want. */
interface Context {
  session: Session;
  middleTier: MiddleTier;
  tokenFile: string;
  /** Prints the result: as JSON for programs, otherwise as the function prints it for people. */
  show(result: unknown, printForPeople: () => void): void;
}

const globalOptionsSchema = z.object({ json: z.boolean(), deviceCode: z.boolean() });

/**
 * Creates the program with all its commands.
 *
 * @param outcome Gets the exit code of a command that does not fail, and yet is not done.
 */
export function createProgram(env: Variables, terminal: Terminal, outcome: { exitCode: ExitCode }): Command {
  const program = new Command('cli')
    .description('Shows and changes your leave, from the command line.')
    .option('--json', 'print one JSON document, for programs', false)
    .option('--device-code', 'sign in with a code, on any device that has a browser', false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.notify(text.trimEnd()),
      // Errors are reported where all others are.
      outputError: () => {},
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 sign-in, consent or verification required,\n4 rejected, 5 a service did not respond, 130 canceled with Ctrl-C',
    );

  /** Reads configuration and options, and creates what commands work with. */
  function open(): Context {
    const configuration = readConfiguration(env);
    const { json, deviceCode } = globalOptionsSchema.parse(program.opts());
    const tokenFile = tokenFileOf(configuration.clientId, env);
    const session = new Session({
      client: createMsalClient(configuration, createTokenFile(tokenFile, terminal.notify)),
      scopes: [`${configuration.apiAppIdUri}/.default`],
      terminal,
      useDeviceCode: deviceCode,
    });
    return {
      session,
      middleTier: new MiddleTier(configuration.apiBaseUrl, session, terminal),
      tokenFile,
      show(result, printForPeople) {
        if (json) terminal.print(JSON.stringify(result, null, 2));
        else printForPeople();
      },
    };
  }

  program
    .command('login')
    .description('signs you in, in the browser')
    .action(async () => {
      const { session, show } = open();
      const account = await session.signIn();
      show(describeAccount(account), () => terminal.print(`Signed in as ${plain(account?.username ?? '')}`));
    });

  program
    .command('whoami')
    .description('shows who is signed in')
    .action(async () => {
      const { session, show } = open();
      const account = await session.account();
      if (account === null) throw new SignInRequired('Nobody is signed in. Sign in with the command login.');
      show(describeAccount(account), () => {
        terminal.print(plain(account.name ?? account.username));
        terminal.print(plain(account.username));
        terminal.print(`Tenant ${plain(account.tenantId)}`);
      });
    });

  program
    .command('logout')
    .description('removes your tokens from this machine')
    .action(async () => {
      const { session, tokenFile, show } = open();
      const account = await session.account();
      await removeTokenFile(tokenFile);
      show({ signedOut: account?.username ?? null }, () =>
        terminal.print(
          account
            ? `Your tokens were removed from this machine. Your session in the browser continues: sign out there, too, if others use it.`
            : 'Nobody was signed in.',
        ),
      );
    });

  program
    .command('overview')
    .description('shows your profile and your leave')
    .action(async () => {
      const { session, middleTier, show } = open();
      const overview = await readOverview(middleTier, session);
      show(overview, () => printOverview(overview, terminal));
      // What could be read is shown. A program still learns that something is missing.
      for (const problem of problemsIn(overview)) outcome.exitCode ||= exitCodeOf(problem);
    });

  const leave = program.command('leave').description('your leave requests');

  leave
    .command('list')
    .description('lists your leave requests')
    .action(async () => {
      const { session, middleTier, show } = open();
      const { leave: section } = await readOverview(middleTier, session);
      if (section.state !== 'ok') throw new ApiProblem(section.problem);
      show(section.data, () => printLeave(section.data, terminal));
    });

  leave
    .command('request')
    .description('requests leave')
    .argument('<first day>', 'such as 2027-12-21', parseDate)
    .argument('[last day]', 'the first day if omitted', parseDate)
    .option('--note <text>', 'a note for your manager')
    .action(async (startDate: string, endDate: string = startDate, options: unknown) => {
      if (endDate < startDate) leave.error('error: the last day must not be before the first');
      const { note } = z.object({ note: z.string().optional() }).parse(options);
      const { middleTier, show } = open();
      const request = await requestLeave(middleTier, { startDate, endDate, note });
      show(request, () => printLeaveRequest('Requested', request, terminal));
    });

  leave
    .command('cancel')
    .description('cancels a leave request')
    .argument('<id>', 'the ID that list shows', parseId)
    .action(async (id: string) => {
      const { middleTier, show } = open();
      await cancelLeave(middleTier, id);
      show({ canceled: id }, () => terminal.print(`Canceled ${id}`));
    });

  const team = program.command('team').description('leave requests that wait for your decision');

  team
    .command('list')
    .description('lists the requests that wait for you')
    .action(async () => {
      const { middleTier, show } = open();
      const requests = await listTeamRequests(middleTier);
      show({ requests }, () => printTeam(requests, terminal));
    });

  for (const [name, verdict, done] of [
    ['approve', 'approval', 'Approved'],
    ['reject', 'rejection', 'Rejected'],
  ] as const)
    team
      .command(name)
      .description(`${name}s a request`)
      .argument('<id>', 'the ID that list shows', parseId)
      .option('--note <text>', 'a note for the user who requests leave')
      .action(async (id: string, options: unknown) => {
        const { note } = z.object({ note: z.string().optional() }).parse(options);
        const { middleTier, show } = open();
        const request = await decideLeave(middleTier, id, verdict, note);
        show(request, () => printLeaveRequest(done, request, terminal));
      });

  return program;
}

const describeAccount = (
  account: { name?: string; username: string; tenantId: string; localAccountId: string } | null,
) =>
  account && {
    name: account.name,
    username: account.username,
    tenantId: account.tenantId,
    objectId: account.localAccountId,
  };

function parseDate(text: string): string {
  const { data } = z.iso.date().safeParse(text);
  if (data === undefined) throw new InvalidArgumentError('It must be a date such as 2027-12-21.');
  return data;
}

function parseId(text: string): string {
  const { data } = z.guid().safeParse(text);
  if (data === undefined) throw new InvalidArgumentError('It must be an ID as list shows it.');
  return data;
}
