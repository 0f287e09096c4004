import { randomUUID } from 'node:crypto';
import type { LongRunningSession, Seal, User } from '@obo/on-behalf-of';
import type { Database } from '@obo/service-defaults/database';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { SessionView } from './session-schemas.ts';
import type { LongRunningSessionTable, Tables } from './tables.ts';

/** A session that can be used, and the sealed text that it was read from. */
export interface OpenSession extends LongRunningSession {
  sealed: string;
}

export type RequiredAction = NonNullable<LongRunningSessionTable['action']>;

const purpose = 'calendar';
const millisecondsOfDay = 86_400_000;

/** Stores the sessions of users who are away, one for each user. Refresh tokens are encrypted for their row. */
export class SessionRepository {
  readonly #use: Database<Tables>['use'];
  readonly #seal: Seal;
  readonly #days: number;
  readonly #now: () => Date;

  /**
   * @param days How long a session lasts after the user began it.
   * @param now The clock.
   */
  constructor(use: Database<Tables>['use'], seal: Seal, days: number, now: () => Date) {
    this.#use = use;
    this.#seal = seal;
    this.#days = days;
    this.#now = now;
  }

  /** Stores a session, in place of the user's earlier one. */
  async begin({ tenantId, objectId, refreshToken }: LongRunningSession): Promise<void> {
    const now = this.#now();
    const begun = {
      sealed: this.#seal.seal(refreshToken, tenantId, objectId, purpose),
      state: 'active',
      action: null,
      reason: null,
      last_used_at: now.toISOString(),
      ends_at: new Date(now.getTime() + this.#days * millisecondsOfDay).toISOString(),
    } as const;
    await this.#use((tables) =>
      tables
        .insertInto('long_running_session')
        .values({
          ...begun,
          id: randomUUID(),
          tenant_id: tenantId,
          object_id: objectId,
          purpose,
          created_at: now.toISOString(),
        })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'object_id', 'purpose']).doUpdateSet(begun))
        .execute(),
    );
  }

  /** Lists the user's sessions, with what waits for each. */
  async list(user: User): Promise<SessionView[]> {
    const rows = await this.#use((tables) =>
      sessionsOf(tables, user)
        .selectAll()
        .select((query) =>
          query
            .selectFrom('calendar_entry')
            .select(sql<number>`count(*)::int`.as('waiting'))
            .where('tenant_id', '=', user.tenantId)
            .where('object_id', '=', user.objectId)
            .where('event_id', 'is', null)
            .as('waiting'),
        )
        .execute(),
    );
    return rows.map(toView);
  }

  /** Opens the user's session for use; `undefined` if there is none, or the user has to act first. */
  async open(user: User): Promise<OpenSession | undefined> {
    const row = await this.#use((tables) =>
      sessionsOf(tables, user)
        .select(['sealed', 'ends_at'])
        .where('state', '=', 'active')
        .where('purpose', '=', purpose)
        .executeTakeFirst(),
    );
    if (!row?.sealed) return undefined;
    const { tenantId, objectId } = user;
    const refreshToken = this.#seal.open(row.sealed, tenantId, objectId, purpose);
    const open = { tenantId, objectId, refreshToken: refreshToken ?? '', sealed: row.sealed };
    if (refreshToken !== undefined && row.ends_at > this.#now()) return open;
    // It has ended, or its key was removed from the ring.
    await this.requireAction(open, 'sign_in', 'invalid_token');
    return undefined;
  }

  /** Stores what a session is replaced with after use, unless the user began it again meanwhile. */
  async replace(open: OpenSession, { tenantId, objectId, refreshToken }: LongRunningSession): Promise<void> {
    const sealed = this.#seal.seal(refreshToken, tenantId, objectId, purpose);
    const replaced = await this.#use((tables) =>
      updateOpen(tables, open).set({ sealed, last_used_at: this.#now().toISOString() }).executeTakeFirst(),
    );
    if (replaced.numUpdatedRows > 0n) open.sealed = sealed;
  }

  /**
   * Stops using a session until the user acts, and forgets its refresh token.
   *
   * @returns false if the session was replaced meanwhile; then nothing changes.
   */
  async requireAction(open: OpenSession, action: RequiredAction, reason: string): Promise<boolean> {
    const stopped = await this.#use((tables) =>
      updateOpen(tables, open)
        .set({ state: 'action_required', sealed: null, action, reason })
        .executeTakeFirst(),
    );
    return stopped.numUpdatedRows > 0n;
  }

  /**
   * Removes a session and everything that waits for it.
   *
   * @returns false if the user has no such session.
   */
  remove(user: User, id: string): Promise<boolean> {
    return this.#use((tables) =>
      tables.transaction().execute(async (transaction) => {
        const { numDeletedRows } = await transaction
          .deleteFrom('long_running_session')
          .where('id', '=', id)
          .where('tenant_id', '=', user.tenantId)
          .where('object_id', '=', user.objectId)
          .executeTakeFirst();
        if (numDeletedRows === 0n) return false;
        await transaction
          .deleteFrom('calendar_entry')
          .where('tenant_id', '=', user.tenantId)
          .where('object_id', '=', user.objectId)
          .execute();
        return true;
      }),
    );
  }

  /** Removes the user's session if nothing needs it any more. */
  removeUnused(user: User): Promise<void> {
    return this.#use((tables) =>
      tables.transaction().execute(async (transaction) => {
        // An entry that is added at the same moment waits for this lock, and then finds no session.
        await sessionsOf(transaction, user).select('id').forUpdate().execute();
        await transaction
          .deleteFrom('long_running_session')
          .where('tenant_id', '=', user.tenantId)
          .where('object_id', '=', user.objectId)
          .where(withoutEntries)
          .execute();
      }),
    );
  }

  /** Stops the sessions whose time is over, and removes those that nothing needs any more. */
  async sweep(): Promise<void> {
    const now = this.#now().toISOString();
    await this.#use((tables) =>
      tables
        .updateTable('long_running_session')
        .set({ state: 'action_required', sealed: null, action: 'sign_in', reason: 'invalid_token' })
        .where('state', '=', 'active')
        .where('ends_at', '<', sql<Date>`${now}`)
        .execute(),
    );
    const unused = await this.#use((tables) =>
      tables
        .selectFrom('long_running_session')
        .select(['tenant_id', 'object_id'])
        .where(withoutEntries)
        .execute(),
    );
    for (const { tenant_id: tenantId, object_id: objectId } of unused)
      await this.removeUnused({ tenantId, objectId });
  }
}

const withoutEntries = sql<boolean>`not exists (
  select from calendar_entry entry
  where entry.tenant_id = long_running_session.tenant_id and entry.object_id = long_running_session.object_id
)`;

const sessionsOf = (tables: Kysely<Tables>, user: User) =>
  tables
    .selectFrom('long_running_session')
    .where('tenant_id', '=', user.tenantId)
    .where('object_id', '=', user.objectId);

const updateOpen = (tables: Kysely<Tables>, { tenantId, objectId, sealed }: OpenSession) =>
  tables
    .updateTable('long_running_session')
    .where('tenant_id', '=', tenantId)
    .where('object_id', '=', objectId)
    .where('sealed', '=', sealed);

function toView(row: Selectable<LongRunningSessionTable> & { waiting: number | null }): SessionView {
  return {
    id: row.id,
    purpose: row.purpose,
    state: row.state,
    action: row.action,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    waiting: row.waiting ?? 0,
  };
}
