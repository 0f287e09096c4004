import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Chain, startChain } from '../../chain/chain.ts';
import { amara, createMachine, type Machine } from './machine.ts';

let chain: Chain;
let machine: Machine;
/** The machine of Priya's manager. */
let managersMachine: Machine;
beforeAll(async () => {
  chain = await startChain();
});
beforeEach(async () => {
  await chain.reset();
  [machine, managersMachine] = await Promise.all([createMachine(chain), createMachine(chain)]);
  await machine.run(['login']);
  await managersMachine.run(['login'], { as: amara });
});
afterEach(() => Promise.all([machine.remove(), managersMachine.remove()]));
afterAll(() => chain.close());

const year = new Date().getUTCFullYear() + 1;
/** Some Monday and the Wednesday after it, next year. */
const monday = (() => {
  const day = new Date(Date.UTC(year, 5, 1));
  day.setUTCDate(1 + ((8 - day.getUTCDay()) % 7));
  return day;
})();
const plus = (days: number) => new Date(monday.getTime() + days * 86_400_000).toISOString().slice(0, 10);

async function requestLeave(...args: string[]): Promise<{ id: string; days: number }> {
  const { stdout } = await machine.run(['leave', 'request', ...args, '--json']);
  return JSON.parse(stdout);
}

test('overview shows profile, balance and requests, aligned', async () => {
  const { id } = await requestLeave(plus(0), plus(2), '--note', 'Hiking');
  const { exitCode, stdout, stderr } = await machine.run(['overview']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('Priya Raman\n');
  expect(stdout).toContain('Manager: Amara Okafor\n');
  expect(stdout).toMatch(/Leave in \d{4}: \d+ of \d+ days left, \d+ booked/);
  const [headings = '', row = ''] = stdout.trimEnd().split('\n').slice(-2);
  expect(row).toBe(`${id}  ${plus(0)}  ${plus(2)}  3     pending  Amara Okafor  Hiking`);
  expect(headings.indexOf('NOTE')).toBe(row.indexOf('Hiking'));
});

test('leave can be requested, listed and canceled', async () => {
  const requested = await machine.run(['leave', 'request', plus(0)]);
  expect(requested.stdout).toMatch(
    new RegExp(`^Requested: ${plus(0)}, working days: 1, pending, [\\w-]{36}\n$`),
  );
  const [id = ''] = /[\da-f-]{36}/.exec(requested.stdout) ?? [];
  expect((await machine.run(['leave', 'list'])).stdout).toContain(`${id}  ${plus(0)}`);
  expect(await machine.run(['leave', 'cancel', id])).toMatchObject({
    exitCode: 0,
    stdout: `Canceled ${id}\n`,
  });
  expect((await machine.run(['leave', 'list'])).stdout).toContain('No leave requests.\n');
});

test('the manager lists, approves and rejects what waits', async () => {
  const first = await requestLeave(plus(0));
  const second = await requestLeave(plus(1));
  const list = await managersMachine.run(['team', 'list']);
  expect(list.stdout.split('\n').slice(1, 3)).toEqual([
    `${first.id}  Priya Raman   ${plus(0)}  ${plus(0)}  1`,
    `${second.id}  Priya Raman   ${plus(1)}  ${plus(1)}  1`,
  ]);
  const approved = await managersMachine.run(['team', 'approve', first.id, '--note', 'Enjoy']);
  expect(approved.stdout).toContain(`Approved: ${plus(0)}, working days: 1, approved, ${first.id}`);
  expect((await managersMachine.run(['team', 'reject', second.id])).stdout).toContain('rejected');
  expect((await managersMachine.run(['team', 'list'])).stdout).toBe('No request waits for you.\n');
  const { requests } = JSON.parse((await machine.run(['leave', 'list', '--json'])).stdout);
  expect(requests).toMatchObject([
    { status: 'approved', decision: { note: 'Enjoy' } },
    { status: 'rejected', decision: { note: null } },
  ]);
});

test('all pages of the team are listed', async () => {
  const days = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15];
  for (const day of days) await requestLeave(plus(day));
  const { requests } = JSON.parse((await managersMachine.run(['team', 'list', '--json'])).stdout);
  expect(requests.map(({ startDate }: { startDate: string }) => startDate)).toEqual(days.map(plus));
});

describe('approving more than ten working days', () => {
  test('sends the manager to verify their identity, and takes effect', async () => {
    const { id } = await requestLeave(plus(0), plus(14));
    const { exitCode, stdout, stderr, opened } = await managersMachine.run(['team', 'approve', id], {
      as: amara,
    });
    expect({ exitCode, opened: opened.length }).toEqual({ exitCode: 0, opened: 1 });
    expect(stdout).toContain(`approved, ${id}`);
    expect(stderr).toContain('Your organization requires you to verify your identity.');
    expect(JSON.parse(opened[0]?.searchParams.get('claims') ?? '')).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' } },
    });
  });

  test('can be verified with a device code', async () => {
    const { id } = await requestLeave(plus(0), plus(14));
    expect(await managersMachine.run(['team', 'approve', id, '--device-code'], { as: amara })).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('approved'),
    });
  });

  test('opens no page without a terminal, and decides nothing', async () => {
    const { id } = await requestLeave(plus(0), plus(14));
    const run = await managersMachine.run(['team', 'approve', id, '--json'], { isInteractive: false });
    expect(run).toMatchObject({ exitCode: 3, opened: [] });
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'insufficient_claims' } });
    expect((await managersMachine.run(['team', 'list'])).stdout).toContain(id);
  });
});

describe('when the middle tier has lost the consent', () => {
  beforeEach(async () => {
    for (const grant of chain.tenant.directory.state.permissionGrants)
      grant.scope = grant.scope.replace('Leave.Approve', '').trim();
  });

  test('the user is asked for it, and the command continues', async () => {
    const { exitCode, stderr, opened } = await managersMachine.run(['team', 'list'], { as: amara });
    expect({ exitCode, opened: opened.length }).toEqual({ exitCode: 0, opened: 1 });
    expect(stderr).toContain('Your consent is needed');
    expect(opened[0]?.searchParams.get('prompt')).toBe('consent');
  });

  test('a user who declines gets nothing, and can try again', async () => {
    expect(await managersMachine.run(['team', 'list'], { as: amara, consent: 'decline' })).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('You did not give your consent'),
    });
    expect((await managersMachine.run(['team', 'list'], { as: amara })).exitCode).toBe(0);
  });
});

test('a section that needs the user’s consent does not hide the other one', async () => {
  for (const grant of chain.tenant.directory.state.permissionGrants)
    grant.scope = grant.scope.replace('Leave.Read ', '').trim();
  chain.tenant.directory.state.permissionGrants
    .filter(({ scope }) => scope.includes('Leave.'))
    .forEach((grant) => {
      grant.scope = '';
    });
  for (const application of chain.tenant.directory.state.applications)
    application.api.preAuthorizedApplications = [];
  const alone = await machine.run(['overview'], { isInteractive: false });
  expect(alone).toMatchObject({
    exitCode: 3,
    stdout: expect.stringContaining('Priya Raman'),
    stderr: expect.stringContaining('your leave could not be read'),
  });
  const declined = await machine.run(['overview'], { consent: 'decline' });
  expect({ ...declined, opened: declined.opened.length }).toMatchObject({
    exitCode: 3,
    opened: 1,
    stdout: expect.stringContaining('Priya Raman'),
    stderr: expect.stringContaining('your leave could not be read'),
  });
  const asked = await machine.run(['overview']);
  expect(asked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('days left') });
});

test('the separator that `pnpm run` passes on is no argument', async () => {
  const { stdout } = await machine.run(['--', 'whoami', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ name: 'Priya Raman' });
});

describe('a failure', () => {
  test.each([
    { what: 'a date that is none', args: ['leave', 'request', '2027-02-30'], exitCode: 2, code: 'usage' },
    {
      what: 'a last day before the first',
      args: ['leave', 'request', '2027-02-03', '2027-02-02'],
      exitCode: 2,
      code: 'usage',
    },
    { what: 'an unknown option', args: ['overview', '--x'], exitCode: 2, code: 'usage' },
    { what: 'an ID that is none', args: ['leave', 'cancel', 'x'], exitCode: 2, code: 'usage' },
    {
      what: 'leave in the past',
      args: ['leave', 'request', '2020-01-06'],
      exitCode: 4,
      code: 'leave_in_past',
    },
    {
      what: 'an ID of nobody’s',
      args: ['team', 'approve', '00000000-0000-4000-8000-000000000000'],
      exitCode: 4,
      code: 'leave_request_not_found',
    },
  ])('because of $what ends with $exitCode and says $code', async ({ args, exitCode, code }) => {
    const forPeople = await machine.run(args);
    expect(forPeople).toMatchObject({ exitCode, stdout: '', opened: [] });
    expect(forPeople.stderr).toMatch(new RegExp(`^error: .+\n(  .+\n)*  ${code}\\b.*\n$`));
    const forPrograms = await machine.run([...args, '--json']);
    expect(forPrograms.exitCode).toBe(exitCode);
    expect(JSON.parse(forPrograms.stdout)).toMatchObject({ error: { code, title: expect.any(String) } });
  });

  test('because a section is unavailable is told by the exit code, and what could be read is shown', async () => {
    chain.stopDownstreamApi();
    expect(await machine.run(['overview'])).toMatchObject({
      exitCode: 5,
      stdout: expect.stringContaining('Priya Raman'),
      stderr: expect.stringContaining('your leave could not be read'),
    });
  });

  test.each([
    ['nothing listens there', 'http://localhost:1', 5, 'no_response'],
    ['another server answers', () => new URL(chain.tenant.graphBaseUrl).origin, 4, 'unexpected_response'],
  ])('because %s is explained', async (_why, url, exitCode, code) => {
    const environment = { API_BASE_URL: typeof url === 'string' ? url : url() };
    const { stdout, ...run } = await machine.run(['overview', '--json'], { environment });
    expect(run.exitCode).toBe(exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code } });
  });

  test('because of the configuration names each variable, and no value', async () => {
    const environment = { CLIENT_ID: '', AUTHORITY: 'http://secret.example' };
    const { exitCode, stderr } = await machine.run(['overview'], { environment });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('  CLIENT_ID: is missing.');
    expect(stderr).toContain('  AUTHORITY: must be an https URL with the tenant.');
    expect(stderr).not.toContain('secret.example');
  });
});
