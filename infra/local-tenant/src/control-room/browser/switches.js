import { actionButton, createOutcome, followState, redraw, withErrorLinks } from './controls.js';
import { element, fill } from './elements.js';

/**
 * The tenant's answer to `GET /local-tenant/state`, and a row of `GET /local-tenant/switches`.
 *
 * @typedef {object} State
 * @property {string} now
 * @property {User[]} users
 * @property {App[]} applications
 * @property {{ client: Named, resource: Named, scopes: string[], user: string | null }[]} consents
 * @property {{ allowed: boolean }} userConsent
 * @property {{ policies: Policy[], resources: Named[] }} conditionalAccess
 * @property {{ required: boolean }} secondFactor
 * @property {{ signsWith: string, published: string[], withdrawn: string[] }} signingKeys
 * @property {Record<string, number | null>} lifetimes
 * @property {Record<string, number | null>} defaultLifetimes
 * @property {{ ahead: number }} clock
 * @property {{ seconds: number }} graphThrottling
 * @property {{ name: string, isRunning: boolean }[] | null} services
 *
 * @typedef {{ appId: string, displayName: string }} Named
 * @typedef {{ id: string, displayName: string, state: string }} Policy
 * @typedef {{ signInName: string, displayName: string, accountEnabled: boolean, hasChangedPassword: boolean,
 *   revokedAt: string | null, events: CalendarEvent[] }} User
 * @typedef {{ subject: string, start: { dateTime: string }, end: { dateTime: string }, showAs: string }} CalendarEvent
 * @typedef {Named & { isInTenant: boolean, accountEnabled: boolean, appRoleAssignmentRequired: boolean,
 *   assignedUsers: string[] }} App
 *
 * @typedef {{ request: string, group: string, name: string, causes: string, undo: string, survivesRestart: boolean }} Switch
 *
 * @typedef {import('./elements.js').Child} Child
 * @typedef {(request: string, body?: object) => void} Send Sends `METHOD /path` with a body.
 */

/** @type {import('./control-room.js').View['mount']} */
export function mount(view, room) {
  const outcome = createOutcome();
  const groups = element('div', {});
  view.append(
    element(
      'p',
      { class: 'lead' },
      'What happens by itself in a real tenant, and what its administrators do. Each switch shows its current state.',
    ),
    groups,
    outcome.element,
  );
  /** @type {{ one: Switch, controls: HTMLElement }[]} */
  let shown = [];
  const { refresh, show } = followState(view, room, async () => {
    if (shown.length === 0) shown = showSwitches(groups, await room.get('/switches'));
    /** @type {State} */
    const state = await room.get('/state');
    for (const { one, controls } of shown) {
      const send = (/** @type {string} */ request, /** @type {object | undefined} */ body) => {
        const [method = '', path = ''] = request.split(' ');
        outcome.report(one.name, async () => {
          await room.send(method, path, body);
          await refresh();
        });
      };
      redraw(controls, ...(drawControls[one.request]?.(state, send) ?? ['There is no control for this.']));
    }
  });
  return { show };
}

/**
 * Creates the list of switches, with an empty element for the controls of each.
 *
 * @param {HTMLElement} parent
 * @param {Switch[]} switches
 */
function showSwitches(parent, switches) {
  const items = switches.map((one, index) => {
    const controls = element('div', { class: 'controls' });
    const title = `switch-${index}`;
    const item = element(
      'article',
      { class: 'card', 'data-request': one.request, 'aria-labelledby': title },
      element('h3', { id: title }, one.name),
      element('p', {}, ...withErrorLinks(one.causes)),
      controls,
      element('p', { class: 'muted' }, `To undo: ${one.undo}`),
      element(
        'p',
        { class: 'muted' },
        element('code', {}, one.request),
        one.survivesRestart ? '' : ' · until the tenant restarts',
      ),
    );
    return { one, controls, item };
  });
  const names = [...new Set(switches.map(({ group }) => group))];
  fill(
    parent,
    ...names.map((group) =>
      element(
        'section',
        { class: 'group' },
        element('h2', {}, group),
        element(
          'div',
          { class: 'cards' },
          ...items.filter(({ one }) => one.group === group).map(({ item }) => item),
        ),
      ),
    ),
  );
  return items;
}

/**
 * The controls of each switch, by its request.
 *
 * @type {Readonly<Record<string, (state: State, send: Send) => Child[]>>}
 */
const drawControls = {
  'PATCH /users/{sign-in name}': ({ users }, send) =>
    users.map((user) =>
      userRow(
        user,
        user.accountEnabled ? 'enabled' : 'disabled',
        'enable',
        user.accountEnabled ? 'Disable' : 'Enable',
        () => send(`PATCH ${userPath(user)}`, { accountEnabled: !user.accountEnabled }),
      ),
    ),
  'PUT /users/{sign-in name}/password': ({ users }, send) => {
    const who = userField('password-user', users);
    const password = textField('password-new', 'New password', 'local-password');
    const changed = users.filter(({ hasChangedPassword }) => hasChangedPassword);
    return [
      element('p', {}, changed.length === 0 ? 'No password is changed.' : `Changed: ${namesOf(changed)}.`),
      element('p', {}, 'Never type a real password here.'),
      form('Change password', [who, password], () =>
        send(`PUT /users/${encodeURIComponent(who.input.value)}/password`, {
          password: password.input.value,
        }),
      ),
    ];
  },
  'POST /users/{sign-in name}/revocation': ({ users }, send) =>
    users.map((user) =>
      userRow(
        user,
        user.revokedAt === null ? 'not revoked' : `revoked at ${timeOf(user.revokedAt)}`,
        'revoke',
        'Revoke',
        () => send(`POST ${userPath(user)}/revocation`),
      ),
    ),
  'DELETE /users/{sign-in name}/revocation': ({ users }, send) =>
    rows(
      users.filter(({ revokedAt }) => revokedAt !== null),
      'Nobody’s sign-ins are revoked.',
      (user) =>
        userRow(user, '', 'take-back', 'Take back', () => send(`DELETE ${userPath(user)}/revocation`)),
    ),
  'DELETE /sessions': (_state, send) => [
    actionButton('sessions', 'Sign out every user', () => send('DELETE /sessions')),
  ],
  'DELETE /refresh-tokens': (_state, send) => [
    actionButton('refresh-tokens', 'Expire every refresh token', () => send('DELETE /refresh-tokens')),
  ],
  'DELETE /users/{sign-in name}/events': ({ users }, send) =>
    rows(
      users.filter(({ events }) => events.length > 0),
      'Every calendar is empty.',
      (user) =>
        element(
          'div',
          {},
          userRow(user, '', 'empty-calendar', 'Empty', () => send(`DELETE ${userPath(user)}/events`)),
          element(
            'ul',
            { class: 'plain muted' },
            ...user.events.map(({ subject, start, end, showAs }) =>
              element('li', {}, `${subject}: ${minute(start)} to ${minute(end)} (UTC) · ${showAs}`),
            ),
          ),
        ),
    ),
  'PATCH /service-principals/{application ID}': ({ applications }, send) =>
    rows(applications.filter(isInTenant), 'No application is in the tenant.', (app) => {
      const change = (/** @type {object} */ body) => send(`PATCH /service-principals/${app.appId}`, body);
      const { accountEnabled, appRoleAssignmentRequired } = app;
      return row(
        app.displayName,
        `${accountEnabled ? 'enabled' : 'disabled'}, assignment ${appRoleAssignmentRequired ? 'required' : 'not required'}`,
        actionButton(
          `enable-${app.appId}`,
          accountEnabled ? 'Disable' : 'Enable',
          () => change({ accountEnabled: !accountEnabled }),
          app.displayName,
        ),
        actionButton(
          `assignment-${app.appId}`,
          appRoleAssignmentRequired ? 'Do not require assignment' : 'Require assignment',
          () => change({ appRoleAssignmentRequired: !appRoleAssignmentRequired }),
          app.displayName,
        ),
      );
    }),
  'PUT /service-principals/{application ID}/users/{sign-in name}': ({ applications, users }, send) => {
    const inTenant = applications.filter(isInTenant);
    const app = appField('assign-app', 'Application', inTenant);
    const who = userField('assign-user', users);
    const path = () => `/service-principals/${app.input.value}/users/${encodeURIComponent(who.input.value)}`;
    return inTenant.length === 0
      ? ['No application is in the tenant.']
      : [form('Assign', [who, app], () => send(`PUT ${path()}`))];
  },
  'DELETE /service-principals/{application ID}/users/{sign-in name}': ({ applications }, send) =>
    rows(
      applications.flatMap((app) => app.assignedUsers.map((user) => ({ app, user }))),
      'Nobody is assigned.',
      ({ app, user }) =>
        row(
          user,
          app.displayName,
          actionButton(
            `unassign-${app.appId}-${user}`,
            'Remove',
            () => send(`DELETE /service-principals/${app.appId}/users/${encodeURIComponent(user)}`),
            `${user}, ${app.displayName}`,
          ),
        ),
    ),
  'DELETE /service-principals/{application ID}': ({ applications }, send) =>
    rows(applications.filter(isInTenant), 'No application is in the tenant.', (app) =>
      appRow(app, 'in the tenant', 'remove', 'Remove', () => send(`DELETE /service-principals/${app.appId}`)),
    ),
  'POST /service-principals/{application ID}': ({ applications }, send) =>
    rows(
      applications.filter((app) => !isInTenant(app)),
      'Every registered application is in the tenant.',
      (app) =>
        appRow(app, 'removed', 'restore', 'Add again', () => send(`POST /service-principals/${app.appId}`)),
    ),
  'POST /consents/{application ID}': ({ applications }, send) =>
    rows(applications.filter(isInTenant), 'No application is in the tenant.', (app) =>
      appRow(app, '', 'consent', 'Consent', () => send(`POST /consents/${app.appId}`)),
    ),
  'DELETE /consents/{application ID}': ({ consents }, send) => {
    const clients = new Map(consents.map(({ client }) => [client.appId, client]));
    return rows([...clients.values()], 'Nobody has consented to anything.', (client) =>
      element(
        'div',
        {},
        appRow(client, '', 'withdraw', 'Withdraw', () => send(`DELETE /consents/${client.appId}`)),
        element(
          'ul',
          { class: 'plain muted' },
          ...consents
            .filter((consent) => consent.client.appId === client.appId)
            .map(({ resource, scopes, user }) =>
              element('li', {}, `${resource.displayName}: ${scopes.join(' ')} · ${user ?? 'everyone'}`),
            ),
        ),
      ),
    );
  },
  'DELETE /consents/{application ID}/{scope}': ({ consents }, send) => {
    const granted = new Map(
      consents.flatMap(({ client, scopes }) =>
        scopes.map((scope) => [`${client.appId}/${scope}`, { client, scope }]),
      ),
    );
    return rows([...granted], 'Nobody has consented to anything.', ([path, { client, scope }]) =>
      row(
        scope,
        client.displayName,
        actionButton(
          `withdraw-${path}`,
          'Withdraw',
          () => send(`DELETE /consents/${client.appId}/${encodeURIComponent(scope)}`),
          `${scope}, ${client.displayName}`,
        ),
      ),
    );
  },
  'DELETE /consents': ({ consents }, send) => [
    element('p', {}, `${consents.length} ${consents.length === 1 ? 'consent' : 'consents'}.`),
    actionButton('withdraw-all', 'Withdraw every consent', () => send('DELETE /consents')),
  ],
  'PUT /user-consent': ({ userConsent: { allowed } }, send) => [
    row(
      'Consent by users',
      allowed ? 'allowed' : 'not allowed',
      actionButton('user-consent', allowed ? 'Let only administrators consent' : 'Let users consent', () =>
        send('PUT /user-consent', { allowed: !allowed }),
      ),
    ),
  ],
  'POST /conditional-access': ({ conditionalAccess }, send) => {
    const control = selectField('policy-control', 'Control', [
      ['mfa', 'Require a second factor (mfa)'],
      ['block', 'Block access (block)'],
    ]);
    const resource = selectField('policy-resource', 'Resource', [
      ...conditionalAccess.resources.map(
        (app) => /** @type {[string, string]} */ ([app.appId, app.displayName]),
      ),
      ['All', 'All applications'],
    ]);
    return [
      form('Add the policy', [control, resource], () =>
        send('POST /conditional-access', { control: control.input.value, resource: resource.input.value }),
      ),
    ];
  },
  'DELETE /conditional-access/{policy ID}': ({ conditionalAccess }, send) =>
    rows(conditionalAccess.policies, 'There is no policy.', ({ id, displayName, state }) =>
      row(
        displayName,
        state,
        actionButton(`policy-${id}`, 'Remove', () => send(`DELETE /conditional-access/${id}`), displayName),
      ),
    ),
  'DELETE /conditional-access': ({ conditionalAccess: { policies } }, send) => [
    element('p', {}, `${policies.length} ${policies.length === 1 ? 'policy' : 'policies'}.`),
    actionButton('policies', 'Remove every policy', () => send('DELETE /conditional-access')),
  ],
  'PUT /second-factor': ({ secondFactor: { required } }, send) => [
    row(
      'Second factor for everything',
      required ? 'required' : 'not required',
      actionButton('second-factor', required ? 'Do not require it' : 'Require it', () =>
        send('PUT /second-factor', { required: !required }),
      ),
    ),
  ],
  'POST /signing-keys': ({ signingKeys }, send) => [
    element('p', {}, 'Signs with ', element('code', {}, signingKeys.signsWith), '.'),
    actionButton('rotate', 'Sign with a new key', () => send('POST /signing-keys')),
  ],
  'DELETE /signing-keys': ({ signingKeys: { published } }, send) => [
    element('p', {}, `${published.length} published.`),
    actionButton('withdraw-keys', 'Withdraw the older keys', () => send('DELETE /signing-keys')),
  ],
  'DELETE /signing-keys/withdrawal': ({ signingKeys: { withdrawn } }, send) => [
    element('p', {}, withdrawn.length === 0 ? 'No key is withdrawn.' : `${withdrawn.length} withdrawn.`),
    actionButton('publish-keys', 'Publish them again', () => send('DELETE /signing-keys/withdrawal')),
  ],
  'PATCH /lifetimes': ({ lifetimes, defaultLifetimes }, send) =>
    Object.entries(lifetimes).map(([name, seconds]) => {
      const field = numberField(`lifetime-${name}`, `${name} (seconds)`, seconds);
      return element(
        'div',
        {},
        form(
          'Set',
          [field],
          () =>
            send('PATCH /lifetimes', { [name]: field.input.value === '' ? null : Number(field.input.value) }),
          name,
        ),
        element('p', { class: 'muted' }, `Default: ${defaultLifetimes[name] ?? 'empty'}`),
      );
    }),
  'PUT /clock': ({ clock, now }, send) => {
    const field = numberField('clock', 'Seconds ahead', clock.ahead);
    return [
      element('p', {}, `The tenant’s clock says ${new Date(now).toLocaleString()}.`),
      form('Set the clock', [field], () => send('PUT /clock', { ahead: Number(field.input.value) })),
    ];
  },
  'PUT /graph-throttling': ({ graphThrottling: { seconds } }, send) => {
    const field = numberField('throttling', 'Seconds', 60);
    return [
      element('p', {}, seconds === 0 ? 'Not throttled.' : `Throttled for ${seconds} s more.`),
      form('Throttle', [field], () => send('PUT /graph-throttling', { seconds: Number(field.input.value) })),
      actionButton('stop-throttling', 'Stop throttling', () => send('PUT /graph-throttling', { seconds: 0 })),
    ];
  },
  'PUT /services/{service}': ({ services }, send) =>
    services === null
      ? [
          'The local tenant runs alone. Run it with ',
          element('code', {}, 'npx -y pnpm@12 start'),
          ' to stop and start services here.',
        ]
      : rows(services, 'No service runs yet.', ({ name, isRunning }) =>
          row(
            name,
            isRunning ? 'running' : 'stopped',
            actionButton(
              `service-${name}`,
              isRunning ? 'Stop' : 'Start',
              () => send(`PUT /services/${name}`, { isRunning: !isRunning }),
              name,
            ),
          ),
        ),
  'POST /reset': (_state, send) => [actionButton('reset', 'Reset everything', () => send('POST /reset'))],
};

/**
 * @template T
 * @param {readonly T[]} items
 * @param {string} none What to say if there is no item.
 * @param {(item: T) => Child} draw
 * @returns {Child[]}
 */
const rows = (items, none, draw) => (items.length === 0 ? [element('p', {}, none)] : items.map(draw));

/**
 * @param {string} name
 * @param {string} state
 * @param {...Child} buttons
 */
const row = (name, state, ...buttons) =>
  element(
    'div',
    { class: 'row' },
    element('span', {}, element('strong', {}, name), state && ` ${state}`),
    element('span', { class: 'buttons' }, ...buttons),
  );

/**
 * A row for an application, with one button.
 *
 * @param {Named} app
 * @param {string} state
 * @param {string} action Names the button among those of all switches.
 * @param {string} label
 * @param {() => void} onclick
 */
const appRow = ({ appId, displayName }, state, action, label, onclick) =>
  row(displayName, state, actionButton(`${action}-${appId}`, label, onclick, displayName));

/**
 * A row for a user, with one button.
 *
 * @param {User} user
 * @param {string} state
 * @param {string} action Names the button among those of all switches.
 * @param {string} label
 * @param {() => void} onclick
 */
const userRow = ({ signInName, displayName }, state, action, label, onclick) =>
  row(displayName, state, actionButton(`${action}-${signInName}`, label, onclick, displayName));

/** @typedef {{ label: HTMLElement, input: HTMLInputElement | HTMLSelectElement }} Field */

/**
 * @param {string} button
 * @param {Field[]} fields
 * @param {() => void} send
 * @param {string} [describes] What the button is for, if its label alone does not say it.
 */
const form = (button, fields, send, describes) =>
  element(
    'form',
    {
      class: 'fields',
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
    },
    ...fields.map(({ label, input }) => element('span', {}, label, input)),
    element(
      'button',
      {
        class: 'button',
        id: `${fields[0]?.input.id}-send`,
        'aria-label': describes && `${button}: ${describes}`,
      },
      button,
    ),
  );

/**
 * @param {string} id
 * @param {string} text
 * @param {Record<string, import('./elements.js').Attribute>} attributes
 */
const inputField = (id, text, attributes) => ({
  label: element('label', { for: id }, text),
  input: element('input', { id, ...attributes }),
});

/**
 * @param {string} id
 * @param {string} text
 * @param {string} value
 */
const textField = (id, text, value) =>
  inputField(id, text, { type: 'text', value, required: true, autocomplete: 'off' });

/**
 * @param {string} id
 * @param {string} text
 * @param {number | null | undefined} value
 */
const numberField = (id, text, value) => inputField(id, text, { type: 'number', value: value ?? '' });

/**
 * @param {string} id
 * @param {string} text
 * @param {[value: string, text: string][]} options
 */
const selectField = (id, text, options) => ({
  label: element('label', { for: id }, text),
  input: element('select', { id }, ...options.map(([value, name]) => element('option', { value }, name))),
});

/**
 * @param {string} id
 * @param {User[]} users
 */
const userField = (id, users) =>
  selectField(
    id,
    'User',
    users.map(({ signInName, displayName }) => [signInName, displayName]),
  );

/**
 * @param {string} id
 * @param {string} text
 * @param {Named[]} apps
 */
const appField = (id, text, apps) =>
  selectField(
    id,
    text,
    apps.map(({ appId, displayName }) => [appId, displayName]),
  );

/** @param {App} app */
const isInTenant = (app) => app.isInTenant;

/** @param {User} user */
const userPath = ({ signInName }) => `/users/${encodeURIComponent(signInName)}`;

/** @param {{ dateTime: string }} time */
const minute = ({ dateTime }) => dateTime.slice(0, 16).replace('T', ' ');

/** @param {User[]} users */
const namesOf = (users) => users.map(({ displayName }) => displayName).join(', ');

/** @param {string} time */
const timeOf = (time) => new Date(time).toLocaleTimeString();
