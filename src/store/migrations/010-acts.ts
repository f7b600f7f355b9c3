import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import { isOnServer } from '../kind.js'

/**
 * What SQLite has of its own. Numbers are given out by a row that the transaction changes, and not by a sequence: one that is
 * undone leaves no gap, and none is seen before a smaller one.
 */
const onServer = async (db: Kysely<unknown>): Promise<void> => {
  const statements = [
    'create table act_numbers (last bigint not null)',
    'insert into act_numbers (last) values (0)',
    `create function number_act() returns trigger language plpgsql set search_path = hoop as $$ begin
       update act_numbers set last = case when new.number is null then last + 1 else greatest(last, new.number) end
         returning coalesce(new.number, last) into new.number;
       return new;
     end $$`,
    'create trigger acts_numbered before insert on acts for each row execute function number_act()',
    `create function keep_acts() returns trigger language plpgsql as $$ begin
       raise exception 'acts are only added';
     end $$`,
    ...['update', 'delete', 'truncate'].map(
      (change) =>
        `create trigger acts_no_${change} before ${change} on acts for each statement execute function keep_acts()`,
    ),
  ]
  for (const statement of statements) await sql.raw(statement).execute(db)
}

/** Administrators' acts. The database itself refuses to change or remove one. */
export const acts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('acts')
      .addColumn('number', 'integer', (column) => column.primaryKey().autoIncrement())
      .addColumn('time', 'bigint', (column) => column.notNull())
      .addColumn('act', 'text', (column) => column.notNull())
      .addColumn('by_subject', 'text', (column) => column.notNull())
      .addColumn('by_name', 'text', (column) => column.notNull())
      .addColumn('target', 'text', (column) => column.notNull())
      .addColumn('subject', 'text')
      .addColumn('reason', 'text')
      .addColumn('before', 'text')
      .addColumn('after', 'text')
      .execute()
    await db.schema.createIndex('acts_by_time').on('acts').column('time').execute()
    if (isOnServer(db)) return onServer(db)
    for (const change of ['update', 'delete'] as const)
      await sql
        .raw(
          `create trigger acts_no_${change} before ${change} on acts begin select raise(abort, 'acts are only added'); end`,
        )
        .execute(db)
  },
}
