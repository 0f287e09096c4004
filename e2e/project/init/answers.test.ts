import { expect, test } from 'vitest';
import { chooseAnswers, parseFlags } from '../../../infra/init/src/answers.ts';
import { partsOfLeave } from '../../../infra/init/src/example/examples.ts';

const choose = (...args: string[]) => {
  const flags = parseFlags(args);
  if (!flags) throw new Error('asked for help');
  return chooseAnswers(flags).newNames.map(({ flag, value }) => [flag, value]);
};

test('a flag changes its name, and what is not given stays', () => {
  expect(choose('--name', 'expenses', '--title=Contoso Expenses')).toEqual([
    ['name', 'expenses'],
    ['title', 'Contoso Expenses'],
  ]);
});

test('two ports can be exchanged', () => {
  expect(choose('--spa-port', '4000', '--middle-tier-port', '3000')).toHaveLength(2);
});

test.each([
  ['--name', 'Expenses', /must be lowercase/],
  ['--name', 'with space', /must be lowercase/],
  ['--name', '.expenses', /must be lowercase/],
  ['--name', 'x'.repeat(215), /at most 214/],
  ['--name', 'http', /reserved/],
  ['--name', 'node_modules', /reserved/],
  ['--scope', 'contoso', /must be @/],
  ['--scope', '@Contoso', /must be @/],
  ['--scope', '@contoso/x', /must be @/],
  ['--prefix', 'my-app', /letters and digits/],
  ['--prefix', '1st', /start with a letter/],
  ['--prefix', 'x'.repeat(31), /at most 30/],
  ['--title', "Contoso's", /must be letters/],
  ['--title', '<b>', /must be letters/],
  ['--title', ' Contoso', /must be letters/],
  ['--title', 'x'.repeat(81), /at most 80/],
  ['--display-name', 'Leave & more', /must be letters/],
  ['--access-scope', 'access as user', /must be letters/],
  ['--access-scope', '.default', /not start with a dot/],
  ['--access-scope', 'x'.repeat(121), /at most 120/],
  ['--access-scope', 'openid', /OpenID Connect/],
  ['--spa-port', '80', /privileged/],
  ['--spa-port', '65536', /must be a port/],
  ['--spa-port', '0', /must be a port/],
  ['--spa-port', '3e3', /must be a port/],
  ['--spa-port', '6000', /blocked by browsers/],
  ['--without', 'msal', /must be redis or passport-azure-ad or local-tenant/],
  ['--domain', 'expense', /must be a singular and a plural/],
  ['--domain', 'expense/expenses/more', /must be a singular and a plural/],
  ['--domain', 'sheep/sheep', /has the same singular and plural/],
  ['--domain', 'Expense/Expenses', /Expense must be lowercase/],
  ['--domain', '1st/firsts', /start with a letter/],
  ['--domain', `expense/${'x'.repeat(41)}`, /at most 40/],
  ['--domain', 'case/cases', /case is reserved by TypeScript/],
  ['--domain', 'single/all', /all is reserved by PostgreSQL/],
  ['--domain', 'constructor/constructors', /every object in JavaScript/],
  ['--domain', 'leave/leaves', /leave is the example/],
  ['--domain', 'task/task-list', /task-list is what the code calls something else/],
  ['--spa-port', '4400', /--local-tenant-port 4400: is also the port of the SPA/],
])('rejects %s %s', (flag, value, problem) => {
  expect(() => choose(flag, value)).toThrow(problem);
});

test('names every unknown flag, and every problem with a value, at once', () => {
  expect(() => choose('--port', '1', '--name', 'a', '--name', 'b', 'c', '--scope')).toThrow(
    /^--port is unknown\n1 is no flag\n--name is given twice\nc is no flag\n--scope requires a value$/,
  );
  expect(() => choose('--name', 'A', '--spa-port', '80', '--local-tenant-port', '80')).toThrow(
    /^--name A: .*\n--spa-port 80: .*\n--local-tenant-port 80: .*\n--local-tenant-port 80: is also/,
  );
});

test('names the registrations after the title where leave is replaced, unless they are given a name', () => {
  expect(choose('--bare', '--title', 'Contoso Greetings')).toContainEqual([
    'display-name',
    'Contoso Greetings',
  ]);
  expect(choose('--domain', 'expense/expenses', '--display-name', 'Expenses')).toEqual([
    ['display-name', 'Expenses'],
  ]);
});

test('removes what is about leave where it is replaced, and what else is not wanted', () => {
  const answers = chooseAnswers({ names: new Map(), without: ['redis'], bare: true });
  expect(answers.dropped.map(({ name }) => name)).toEqual(expect.arrayContaining(['redis', ...partsOfLeave]));
});

test('rejects two replacements of leave, and a scope that the new example has', () => {
  expect(() => choose('--bare', '--domain', 'expense/expenses')).toThrow(/^--bare contradicts --domain$/);
  expect(() => choose('--domain', 'a/b', '--domain', 'c/d')).toThrow(/^--domain is given twice$/);
  expect(() => choose('--domain', 'expense/expenses', '--access-scope', 'Expenses.Read')).toThrow(
    /^--access-scope Expenses\.Read: is a scope of the downstream API/,
  );
});

test('rejects a name for something that is removed', () => {
  expect(() => choose('--without', 'local-tenant', '--local-tenant-port', '5400')).toThrow(
    /^--local-tenant-port contradicts --without local-tenant$/,
  );
});

test('removes the calendar with approvals', () => {
  const answers = chooseAnswers({ names: new Map(), without: ['approvals'] });
  expect(answers.dropped.map(({ name }) => name)).toEqual(['calendar', 'approvals']);
});

test('rejects the removal of both libraries that validate access tokens', () => {
  expect(() => choose('--without', 'jose', '--without', 'passport-azure-ad')).toThrow(
    /^--without jose contradicts --without passport-azure-ad$/,
  );
});
