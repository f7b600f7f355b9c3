import { errorsIn, rowsIn, send, states, type Message, type WireClient } from '../wire-client.js'
import { canariesIn } from './canaries.js'
import { prepareAll, statements } from './reads.js'
import type { Round } from './round.js'
import type { World } from './world.js'

/** Something that must not be. */
export class Broken extends Error {}

const bytesOf = (messages: readonly Message[]): Buffer => Buffer.concat(messages.map(({ body }) => body))

const query = (client: WireClient, sql: string): Promise<Message[]> => client.ask(send.query(sql))

/** What a round's surroundings send before the read and behind it. */
const around: Readonly<
  Record<Round['around'], readonly [before: readonly string[], again: boolean, behind: readonly string[]]>
> = {
  nothing: [[], false, []],
  'READ COMMITTED': [['BEGIN', 'SELECT 1 FROM next_plain'], false, ['COMMIT']],
  'REPEATABLE READ': [['BEGIN ISOLATION LEVEL REPEATABLE READ', 'SELECT 1 FROM next_plain'], false, ['COMMIT']],
  SERIALIZABLE: [['BEGIN ISOLATION LEVEL SERIALIZABLE', 'SELECT 1 FROM next_plain'], false, ['COMMIT']],
  'a savepoint': [['BEGIN', 'SAVEPOINT s'], true, ['COMMIT']],
  'a temporary table of one’s own': [
    [
      'BEGIN',
      'CREATE TEMP TABLE plain (id int, x text, y text, z text) ON COMMIT DROP',
      `INSERT INTO plain VALUES (1, 'own')`,
    ],
    false,
    ['COMMIT'],
  ],
  'a change of one’s own': [['BEGIN', 'ALTER TABLE plain ADD own int, ADD own_too text'], false, ['ROLLBACK']],
}

/** The session that all rounds are read in, with all that it has got so far. */
export class Reader {
  readonly #world: World
  #client: WireClient | undefined

  constructor(world: World) {
    this.#world = world
  }

  async client(): Promise<WireClient> {
    if (this.#client) return this.#client
    this.#client = await this.#world.login()
    await prepareAll(this.#client)
    return this.#client
  }

  /** Ends it: the next one has other settings. */
  async leave(): Promise<void> {
    await this.#client?.end()
    this.#client = undefined
  }

  async read({ mode, statement, around: how }: Round): Promise<Message[]> {
    const client = await this.client()
    const [before, again, behind] = around[how]
    const opens = mode.inside && before.length === 0 ? ['BEGIN'] : before
    const all: Message[] = []
    const ask = async (texts: readonly string[]): Promise<void> => {
      for (const text of texts) all.push(...(await query(client, text)))
    }
    await ask(opens)
    all.push(...(await mode.run(client, statements[statement]!, statement)))
    if (again) {
      await ask(['ROLLBACK TO s'])
      all.push(...(await mode.run(client, statements[statement]!, statement)))
    }
    await ask(behind)
    if (!states(all).endsWith('I')) await ask(['ROLLBACK'])
    return all
  }
}

const refusals = (messages: readonly Message[]): string[] =>
  errorsIn(messages).flatMap(({ R = '', C, M = '' }) =>
    R.startsWith('hoop/') && !M.startsWith('hoop: the text') ? [`${R} ${C} ${M}`] : [],
  )

/** Runs one round. @throws {Broken} */
export const play = async (world: World, reader: Reader, round: Round): Promise<void> => {
  const { between, dba } = world
  if (round.anew) await world.restore()
  const client = await reader.client()
  const open = [...round.changes].sort((a, b) => a.behind - b.behind)
  const run = (sql: string) =>
    dba.query(sql.replaceAll(':database', dba.database!)).then(
      () => true,
      (error: { code?: string }) => error.code !== '55P03',
    )
  const trace: string[] = []
  between.during(({ number, witnessed }) => {
    const at = open.findIndex(
      ({ change, behind }) => behind <= number && (!witnessed || (change.heldBy === 'lock' && !round.mode.unheld)),
    )
    const [next] = at < 0 ? [] : open.splice(at, 1)
    return (
      next &&
      (async () => {
        const done = await run(next.change.sql)
        trace.push(`${done ? 'done' : 'locked out'} before message ${number}: ${next.change.sql}`)
        if (!done) open.push({ ...next, behind: number + 1 })
      })
    )
  })
  const messages = await reader.read(round)
  between.during(undefined)
  check(messages, trace)
  if (client.closed)
    throw new Broken(`the session has ended\n${trace.join('\n')}\n${JSON.stringify(errorsIn(messages))}`)
  for (const { change } of open) await run(change.sql)
  await afterwards(world, reader, round, trace)
}

const check = (messages: readonly Message[], trace: readonly string[]): void => {
  const found = canariesIn(bytesOf(messages))
  if (found.length > 0)
    throw new Broken(`${found.join()} came out\n${trace.join('\n')}\n${JSON.stringify(rowsIn(messages))}`)
  const desync = refusals(messages).find((each) => each.includes('PROTOCOL_DESYNC'))
  if (desync !== undefined) throw new Broken(desync)
}

/** Nothing changes any more: the same is answered, with all rows, or refused for what the schema is by now. */
const afterwards = async (world: World, reader: Reader, round: Round, trace: readonly string[]): Promise<void> => {
  const sql = statements[round.statement]!
  const client = await reader.client()
  const first = await query(client, sql)
  check(first, trace)
  const second = await reader.read({ ...round, around: 'nothing' })
  check(second, trace)
  await world.catalog.refresh()
  const asker = { subject: 'ada', groups: [], program: false, now: new Date() }
  const due = (texts: readonly string[]): boolean =>
    texts.some((text) => world.guard.decide(text, asker).kind === 'refuse')
  const unexpected = [
    ...(due([sql]) ? [] : refusals(first)),
    ...(due([sql, ...round.mode.texts(sql)]) ? [] : refusals(second)),
  ]
  if (unexpected.length > 0) throw new Broken(`refused, once it was quiet: ${unexpected.join()}\n${trace.join('\n')}`)
  if (errorsIn(second).length > 0 || /^(INSERT|UPDATE|WITH)/.test(sql)) return
  const rows = (round.mode.rows ?? rowsIn)(second)
  const direct = await directRows(world, sql)
  if (round.mode.rows && rows.length === 0) return
  if (!direct || !same(rows, direct))
    throw new Broken(`other rows: ${JSON.stringify(rows)} for ${JSON.stringify(direct)}\n${trace.join('\n')}`)
}

const directRows = async ({ dba }: World, sql: string): Promise<(string | null)[][] | undefined> => {
  const asText = { getTypeParser: () => (value: string) => value }
  return await dba.query<(string | null)[]>({ text: sql, rowMode: 'array', types: asText }).then(
    ({ rows }) => rows,
    () => undefined,
  )
}

/** A mask stands there. What it hides is looked for elsewhere. */
const hidden = (value: string | null | undefined, direct: string | null | undefined): boolean =>
  value === null || value === '********' || canariesIn(direct ?? '').length > 0

const same = (rows: readonly (string | null)[][], direct: readonly (string | null)[][]): boolean =>
  rows.length === direct.length &&
  rows.every(
    (row, i) =>
      row.length === direct[i]!.length &&
      row.every((value, j) => value === direct[i]![j] || hidden(value, direct[i]![j])),
  )
