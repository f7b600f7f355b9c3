import pino from 'pino'
import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { CatalogSources, DatabaseCatalog } from '../../../src/gateway/upstream/catalog/catalog-source.js'
import { type NameMemory, Remembered } from '../../../src/gateway/upstream/catalog/remembered.js'
import type { Catalog, KnownName } from '../../../src/sql/catalog.js'
import { atOnce, type InTurns, withoutPause } from '../../../src/sql/steps.js'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { targetOf } from '../relay/relay-server.js'

const log = pino({ enabled: false })
let database: FreshDatabase
let owner: Client

beforeAll(async () => {
  database = await freshDatabase()
  owner = await database.client()
  await owner.query('CREATE TABLE people (id int, email text); CREATE TABLE others (id int, email text)')
})

afterAll(() => database[Symbol.asyncDispose]())

const opened = (turns: InTurns, memory?: NameMemory) => {
  const source = new DatabaseCatalog(database.name, new Remembered('there', () => memory, log), turns)
  source.reachedBy(targetOf(database.url))
  return source
}

/** Work that goes on when the test says so. */
const byHand = () => {
  const held: (() => void)[] = []
  const turns: InTurns = (steps) => new Promise((resolve) => held.push(() => resolve(atOnce(steps))))
  /** The one of this number has begun, and goes on. */
  const goOn = async (number: number) => {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(number), 10_000)
    held[number]!()
  }
  return { held, turns, goOn }
}

/** Masked columns, by what they are called now. */
const masked = ({ masked: columns, relations }: Catalog) =>
  [...columns.keys()].map((key) => {
    const [oid, attribute] = key.split('.').map(Number)
    const relation = relations.get(oid!)!
    return `${relation.name}.${relation.columns.find((column) => column.attribute === attribute)?.name}`
  })

const columns = ({ relations }: Catalog) =>
  [...relations.values()].flatMap(({ name, columns: all }) => all.map((column) => `${name}.${column.name}`))

const of = (...entries: string[]) => ({ masked: entries })

test('what a policy has just found is masked in the next reading too, although it is called otherwise there', async () => {
  const { held, turns, goOn } = byHand()
  const source = opened(turns)
  await source.known()
  const prepare = vi.spyOn(source as unknown as { prepare(): unknown }, 'prepare')
  const ready = source.ready(of('public.people.email'))
  await owner.query('ALTER TABLE people RENAME email TO mail')
  const refreshed = source.refresh()
  await vi.waitFor(() => expect(prepare).toHaveBeenCalled(), 10_000)
  // Nothing is made of the new one before it is known what the names meant.
  expect(held).toHaveLength(1)
  await goOn(0)
  expect(masked(await ready)).toEqual(['people.email'])
  await goOn(1)
  await refreshed
  const catalog = source.under(of('public.people.email'))
  expect([masked(catalog), catalog.unknown]).toEqual([['people.mail'], []])
  expect(held).toHaveLength(2)
  await owner.query('ALTER TABLE people RENAME mail TO email')
  await source.close()
})

test('until all is made that policies need of a new reading, all of them have the one before', async () => {
  const { held, turns, goOn } = byHand()
  const source = opened(turns)
  await source.known()
  const needs = [of('public.people.email'), of('public.others.email')] as const
  const [first, second] = needs.map((each) => source.ready(each)) as [Promise<Catalog>, Promise<Catalog>]
  await Promise.all([goOn(0), goOn(1)])
  const before = [await first, await second]
  const reading = source.last
  await owner.query('ALTER TABLE people ADD more int')
  const refreshed = source.refresh()
  await goOn(2)
  await vi.waitFor(() => expect(held).toHaveLength(4), 10_000)
  expect(source.last).toBe(reading)
  expect(needs.map((each) => source.under(each))).toEqual(before)
  await goOn(3)
  await refreshed
  expect(source.last).not.toBe(reading)
  for (const each of needs) expect(columns(source.under(each))).toContain('people.more')
  await owner.query('ALTER TABLE people DROP more')
  await source.close()
})

test('who can’t wait gets the one that is being made, and it stays the only one', async () => {
  const { turns, goOn } = byHand()
  const source = opened(turns)
  await source.known()
  const ready = source.ready(of('public.people.email'))
  const catalog = source.under(of('public.people.email'))
  await goOn(0)
  expect(await ready).toBe(catalog)
  expect(source.under(of('public.people.email'))).toBe(catalog)
  await source.close()
})

test('a policy that nothing can be made for keeps no other from a new reading, and hears why itself', async () => {
  let broken = false
  const turns: InTurns = async (steps) => {
    if (broken) throw new Error('no')
    return withoutPause(steps)
  }
  const source = opened(turns)
  await source.known()
  await source.ready(of('public.people.email'))
  broken = true
  await expect(source.ready(of('public.others.email'))).rejects.toThrow('no')
  await owner.query('ALTER TABLE people ADD more int')
  await source.refresh()
  expect(columns(source.under(of('public.people.email')))).toContain('people.more')
  broken = false
  expect(masked(await source.ready(of('public.others.email')))).toEqual(['others.email'])
  await owner.query('ALTER TABLE people DROP more')
  await source.close()
})

test('what is remembered of a database is known before anything is made of a new reading of it', async () => {
  const { rows } = await owner.query<{ oid: number }>("SELECT 'people'::regclass::int AS oid")
  const known = (identity: string): KnownName => ({
    ...{ entry: 'public.people.phone', identity, relation: rows[0]!.oid, attribute: 2, name: 'public.people.phone' },
  })
  const asked: string[] = []
  const memory: NameMemory = {
    of: (_database, identity) => {
      asked.push(identity)
      return Promise.resolve([known(identity)])
    },
    put: () => Promise.resolve(),
    drop: () => Promise.resolve(),
  }
  const source = opened(withoutPause, memory)
  // Nobody was let in yet: so it is where the server is another one by now, restored from a backup for example.
  await source.refresh()
  await source.ready(of('public.people.phone'))
  expect(asked).toEqual([])
  await owner.query('ALTER TABLE people ADD more int')
  await source.refresh()
  expect(asked).toEqual([source.last.identity])
  const catalog = source.under(of('public.people.phone'))
  expect([masked(catalog), catalog.unknown]).toEqual([['people.email'], []])
  await owner.query('ALTER TABLE people DROP more')
  await source.close()
})

test('of one role with several secrets, one that is wrong takes the place of none that is right', async () => {
  await using sources = new CatalogSources(log, () => undefined)
  const target = { ...targetOf(database.url), login: 'one' }
  sources.of(target, database.name)
  const source = sources.of({ ...target, login: 'other', password: () => 'wrong' }, database.name)
  expect((await source.known()).byLabel.has('public.people')).toBe(true)
})
