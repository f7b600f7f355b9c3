import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ThreadAnalyst, type AnalystLimits } from '../../../src/gateway/analyst/analyst.js'
import { AnalystThread } from '../../../src/gateway/analyst/analyst-thread.js'
import { AnalystMetrics } from '../../../src/gateway/metrics/analyst-metrics.js'
import { type Basis, TextReader } from '../../../src/policy/texts/text-facts.js'
import { atOnce } from '../../../src/sql/analyse.js'
import { initParser } from '../../../src/sql/parser.js'

beforeAll(initParser)

const basis: Basis = { catalog: undefined, options: { predicates: 'deny' } }

let analyst: ThreadAnalyst | undefined
let metrics: AnalystMetrics
const start = (limits: Partial<AnalystLimits> = {}): ThreadAnalyst => {
  metrics = new AnalystMetrics()
  const all = { time: 60_000, waiting: 100, bytes: 1e9, ...limits }
  return (analyst = new ThreadAnalyst({ limits: all, metrics, log: pino({ enabled: false }) }))
}
/** A thread takes a while to start: what needs none of its own shares one. */
const shared = new ThreadAnalyst({
  ...{
    limits: { time: 60_000, waiting: 10, bytes: 1e9 },
    metrics: new AnalystMetrics(),
    log: pino({ enabled: false }),
  },
})
afterEach(() => analyst?.[Symbol.asyncDispose]())
afterAll(() => shared[Symbol.asyncDispose]())

/** More seconds of work than any test waits for. */
const columns = (from: number): string => Array.from({ length: 80_000 }, (_, at) => `a${from + at} + ${at}`).join()
const hard = Array.from({ length: 8 }, (_, at) => `SELECT ${columns(at)}`).join(';')

test('statements that are alike have the same facts, and each stands where it does', async () => {
  const text = `SELECT 'é'; DELETE FROM a; SELECT 'x'; DELETE FROM a;${' '.repeat(100)}`
  const read = await shared.read(basis, text, 'ana')
  expect(read).toEqual({ ...atOnce(new TextReader(basis).reading(text)), spans: read.spans })
  expect(read.statements[0]).toBe(read.statements[2])
  expect(read.statements[1]).toBe(read.statements[3])
  const bytes = Buffer.from(text)
  const at = (number: number): string => bytes.toString('utf8', read.spans![2 * number], read.spans![2 * number + 1])
  expect([at(0), at(3)].map((each) => each.trim())).toEqual(["SELECT 'é'", 'DELETE FROM a'])
})

test('of thousands of statements that differ, all facts come, in their order', async () => {
  const text = Array.from({ length: 3_000 }, (_, at) => `DELETE FROM t${at}`).join(';')
  const { statements } = await shared.read(basis, text, 'ana')
  expect(statements.map(({ writes }) => writes[0])).toEqual(Array.from({ length: 3_000 }, (_, at) => `t${at}`))
})

test('what is wrong with a text is said as it is without the thread', async () => {
  for (const text of ['SELECT é FROM; SELECT 1', `${'('.repeat(30_000)}1`, 'SELECT 1\0', '']) {
    const { spans: _, ...here } = atOnce(new TextReader(basis).reading(text))
    const { spans: __, ...there } = await shared.read(basis, text, 'ana')
    expect(there).toEqual(here)
  }
})

test('a text that takes too long is refused, and those behind it are read in another thread', async () => {
  const analyst = start({ time: 2_000 })
  const [first, second] = await Promise.allSettled([
    analyst.read(basis, hard, 'ana'),
    analyst.read(basis, 'SELECT 1', 'ana'),
  ])
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'ANALYSIS_LATE', sqlstate: '54001' } })
  expect(second).toMatchObject({ status: 'fulfilled', value: { statements: [{ kind: 'select' }] } })
  expect(metrics.restarted).toEqual({ late: 1, failed: 0 })
})

test('a thread that fails costs the text that it was on, and no other', async () => {
  const analyst = start()
  // Of what it is sent by mistake it can make nothing, nor can of a function what hands it over.
  const senseless: Basis = { catalog: undefined, options: undefined as never }
  const texts = [senseless, basis, uncloneable, basis].map((by) => analyst.read(by, 'SELECT 1', 'ana'))
  const [first, second, third, fourth] = await Promise.allSettled(texts)
  for (const each of [first, third])
    expect(each).toMatchObject({ status: 'rejected', reason: { code: 'ANALYSIS_FAILED', about: '' } })
  for (const each of [second, fourth]) expect(each).toMatchObject({ status: 'fulfilled' })
  expect(metrics.restarted).toEqual({ late: 0, failed: 2 })
})

test('who withdraws is told at once; what waits behind goes on', async () => {
  const analyst = start()
  const stop = new AbortController()
  const first = analyst.read(basis, hard, 'ana', stop.signal)
  const second = analyst.read(basis, 'SELECT 1', 'ana')
  const third = analyst.read(basis, 'SELECT 2', 'ana', stop.signal)
  expect(metrics.waiting).toBe(2)
  const why = new Error('the session has ended')
  stop.abort(why)
  await expect(first).rejects.toBe(why)
  await expect(third).rejects.toBe(why)
  expect((await second).statements).toHaveLength(1)
  expect(metrics.waiting).toBe(0)
})

test('more than may wait are refused, and so is who comes when it is over', async () => {
  const analyst = start({ waiting: 8, bytes: 40 })
  const read = (text: string, person = 'ana') => analyst.read(basis, text, person)
  const all = [read('SELECT 1'), read('SELECT 2'), read('SELECT 345')]
  await expect(all[2]).rejects.toMatchObject({ code: 'ANALYSIS_BUSY' })
  const more = [read('x'), read('y'), read('SELECT 3', 'ben')]
  await expect(more[1]).rejects.toMatchObject({ code: 'ANALYSIS_BUSY' })
  expect((await more[2])?.statements).toHaveLength(1)
  await Promise.allSettled([...all, ...more])
  await analyst[Symbol.asyncDispose]()
  await expect(read('SELECT 1')).rejects.toMatchObject({ code: 'ANALYSIS_FAILED' })
})

test('nobody waits for more than one text of somebody else', async () => {
  const analyst = start({ waiting: 100 })
  const order: string[] = []
  const read = (person: string) => analyst.read(basis, 'SELECT 1', person).then(() => order.push(person))
  await Promise.all(['ana', 'ana', 'ana', 'ana', 'ben'].map(read))
  expect(order).toEqual(['ana', 'ana', 'ben', 'ana', 'ana'])
})

/** This can't be handed over. */
const uncloneable: Basis = { catalog: undefined, options: { predicates: (() => 'deny') as never } }

test('a thread that failed is ended, also where nobody waits for the text any more', async () => {
  const analyst = start()
  const stop = new AbortController()
  const first = analyst.read(uncloneable, 'SELECT 1', 'ana', stop.signal)
  stop.abort(new Error('the session has ended'))
  await expect(first).rejects.toThrow('the session has ended')
  expect((await analyst.read(basis, 'SELECT 1', 'ana')).statements).toHaveLength(1)
  expect(metrics.restarted).toEqual({ late: 0, failed: 1 })
})

test('what a thread could not take it does not know, and parts of a text that it could not read are gone', async () => {
  const thread = new AnalystThread()
  for (const _ of [1, 2]) await expect(thread.take(uncloneable)).rejects.toThrow()
  await expect(thread.read(999, 'SELECT 1;')).rejects.toThrow('nobody has sent')
  expect((await thread.read(await thread.take(basis), 'SELECT 2')).statements).toHaveLength(1)
  await thread.end()
})
