import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestPostgres, startPostgres } from '../helpers/postgres/postgres.js'
import { canMount } from '../helpers/small-disk.js'
import { canSetClock } from './clock.js'
import type { Fault, Outcome } from './fault.js'
import { canHang } from './hanging-disk.js'
import { faults } from './list.js'
import { end, run } from './runner.js'
import { printed } from './table.js'
import { openWorld, type World } from './world.js'

/** `npm run faults` sets it. */
const all = process.env['HOOP_TEST_FAULTS'] !== undefined

const probe = mkdtempSync(join(tmpdir(), 'hoop-mount-'))
const has: Readonly<Record<NonNullable<Fault['needs']>, boolean>> = {
  mounts: canMount(probe),
  prlimit: process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0,
  libfaketime: canSetClock,
  cc: canHang,
}
rmdirSync(probe)

/** Faults that need the same things around the gateway are made in one world, one behind the other. */
const surroundings = ({ disk, needs, brief }: Fault): string =>
  disk ?? (brief ? 'brief' : needs === 'libfaketime' || needs === 'cc' ? needs : '')

let postgres: TestPostgres
/** A fault that fails leaves none. */
let current: { readonly world: World; readonly around: string } | undefined
const outcomes: Outcome[] = []

const leave = async () => {
  if (!current) return
  await using world = current.world
  current = undefined
  await end(world)
}

beforeAll(async () => {
  postgres = await startPostgres({ max_connections: '40', synchronous_commit: 'on' })
})
afterAll(async () => {
  await current?.world[Symbol.asyncDispose]()
  await postgres[Symbol.asyncDispose]()
  if (all) console.log(printed(outcomes))
})

const chosen = faults
  .filter(({ short }) => all || short)
  .toSorted((one, other) => surroundings(one).localeCompare(surroundings(other)))

test.for(chosen)('$name: hurts only whom it has to', { timeout: 300_000 }, async (fault, { skip }) => {
  if (fault.needs && !has[fault.needs]) skip(`needs ${fault.needs}`)
  const around = surroundings(fault)
  if (current?.around !== around) await leave()
  await using failed = new AsyncDisposableStack()
  const world = failed.use(current?.world ?? (await openWorld(postgres, fault)))
  current = undefined
  outcomes.push(await run(world, fault))
  failed.move()
  current = { world, around }
})

test('after all of them a gateway ends in order, and every recording is whole', leave)

test('every fault has a name of its own', () => {
  expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length)
})
