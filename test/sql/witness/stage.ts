import type { Client } from 'pg'
import { expect } from 'vitest'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import { isPlain, plainParameters, witnessParameters } from '../../../src/sql/witness/parameters.js'
import { type WitnessForm, writeWitness } from '../../../src/sql/witness/text.js'
import { freshDatabase, type FreshDatabase } from '../../helpers/database.js'
import { catalogOf } from '../shop.js'

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text, email text);
  CREATE TABLE orders (id int PRIMARY KEY, total numeric, note text);
  CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE loose (id int, at date);
  CREATE VIEW names AS SELECT id, name FROM customers;
  CREATE VIEW more_names AS SELECT * FROM names;
  CREATE VIEW names_next AS SELECT id, email AS name FROM customers;
  CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 2';
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE FUNCTION noted_deep() RETURNS int LANGUAGE sql AS 'SELECT twice(1)';
  CREATE VIEW doubled AS SELECT twice(1) AS id;
  CREATE FUNCTION nearly(int, int) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT $1 = $2';
  CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = nearly);
  CREATE TABLE watched (id int PRIMARY KEY);
  CREATE TRIGGER watch BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION noted();
  CREATE TABLE watched_by (id int REFERENCES watched);
  CREATE INDEX orders_total ON orders (total);
  CREATE SCHEMA other;
  CREATE TABLE other.same (id int);
`

const masked = ['public.customers.email']

/** One session that is watched, and one that changes the schema meanwhile. */
export interface Stage extends AsyncDisposable {
  readonly database: FreshDatabase
  readonly session: Client
  readonly other: Client
  /** What the statement rests on by the catalog as it was when the stage was set. */
  readonly premise: (sql: string) => readonly Buffer[]
}

/** What the witness says: what has changed, if it raises, otherwise the snapshot, if it has one. */
type Said = { readonly changed: string } | { readonly snapshot: string | null }

const ask = async (session: Client, form: WitnessForm, values: readonly string[]): Promise<Said> => {
  try {
    const query = { name: `${form} witness`, text: writeWitness(form), values: [...values], rowMode: 'array' } as const
    const { rows } = await session.query<[string | null]>(query)
    expect(rows).toHaveLength(1)
    return { snapshot: rows[0]![0] }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    const [, changed] = /"hoop witness: (.*)"/.exec(message) ?? []
    if (code !== '22P02' || changed === undefined) throw error
    return { changed }
  }
}

/** The snapshots that sessions have been told. */
const told = new WeakMap<Client, string>()

/**
 * Whether the witness raises, with what it says then. In the form that recalls a snapshot it has to say the same.
 * @param old whether the relay knows that the transaction sees an old state
 */
export const testify = async (
  session: Client,
  premise: readonly Buffer[],
  old = false,
): Promise<string | undefined> => {
  if (old) {
    const all = premise.map((each) => each.toString())
    const answer = await ask(session, 'old', all)
    return 'changed' in answer ? answer.changed : undefined
  }
  const plain = isPlain(premise)
  const values = premise.slice(0, plain ? plainParameters : undefined).map((each) => each.toString())
  const said = await ask(session, plain ? 'plain' : 'whole', values)
  const recalled = told.get(session) ?? 'none'
  if ('snapshot' in said && said.snapshot !== null) told.set(session, said.snapshot)
  const again = await ask(session, plain ? 'plainRecalling' : 'wholeRecalling', [...values, recalled]).catch(
    (error: unknown) => {
      // The first error has ended the transaction.
      if ((error as { code?: string }).code === '25P02') return said
      throw error
    },
  )
  // What passes may do so in another snapshot by now: suites run side by side on one server.
  expect('changed' in again ? again : {}).toEqual('changed' in said ? said : {})
  return 'changed' in said ? said.changed : undefined
}

export const premiseIn = (catalog: Catalog, sql: string): readonly Buffer[] => {
  const { statements, syntax } = analyse(sql, catalog, { predicates: 'equality' })
  if (syntax) throw new Error(syntax.message)
  return witnessParameters(statements.flatMap(({ premise }) => premise ?? [])) ?? []
}

/** @param more of the schema */
export const setStage = async (more = ''): Promise<Stage> => {
  const database = await freshDatabase()
  const [session, other, reader] = [await database.client(), await database.client(), await database.client()]
  await other.query(schema + more)
  const catalog = await catalogOf(reader, masked)
  return {
    ...{ database, session, other },
    premise: (sql) => premiseIn(catalog, sql),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
