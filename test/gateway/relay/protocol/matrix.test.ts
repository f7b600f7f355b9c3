import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type FreshDatabase } from '../../../helpers/database.js'
import { guardOf } from '../policy.js'
import { servers } from '../../../helpers/postgres/servers.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { errorsIn, send, states, valuesOf, WireClient, type Message } from '../wire-client.js'

/** Every way to send a statement × result format × transaction state × what the policy says of it. */
const modes = ['simple', 'extended', 'pipelined', 'prepared earlier', 'SQL cursor', 'portal in pieces'] as const
const formats = ['text', 'binary'] as const
const transactions = ['idle', 'in a transaction', 'in a failed transaction'] as const
const outcomes = ['allowed', 'masked', 'refused by a rule', 'refused for a mask'] as const

const texts: Record<(typeof outcomes)[number], string> = {
  allowed: 'SELECT id, name FROM people ORDER BY id',
  masked: 'SELECT id, ssn FROM people ORDER BY id',
  'refused by a rule': 'SELECT id, name FROM forbidden',
  'refused for a mask': 'SELECT id, ssn FROM people ORDER BY ssn',
}

const canary = '078-05-1120'

interface Case {
  readonly mode: (typeof modes)[number]
  readonly format: (typeof formats)[number]
  readonly transaction: (typeof transactions)[number]
  readonly outcome: (typeof outcomes)[number]
}

const cases: Case[] = modes.flatMap((mode) =>
  formats.flatMap((format) =>
    transactions.flatMap((transaction) =>
      outcomes
        // A simple query has no binary results, and a cursor of SQL needs its transaction.
        .filter(() => !(mode === 'simple' && format === 'binary') && !(mode === 'SQL cursor' && transaction === 'idle'))
        .map((outcome) => ({ mode, format, transaction, outcome })),
    ),
  ),
)

/** Sends the statement in its mode; `ready` is how many ReadyForQuery end it. */
const framesOf = ({ mode, format }: Case, text: string): { frames: Buffer[]; ready: number } => {
  const results = format === 'binary' ? [1] : []
  const bound = (name = ''): Buffer[] => [send.bind([], { name, results }), send.describe(), send.execute()]
  switch (mode) {
    case 'simple':
      return { frames: [send.query(text)], ready: 1 }
    case 'extended':
      return { frames: [send.parse(text), ...bound(), send.sync()], ready: 1 }
    case 'pipelined':
      return {
        frames: [
          ...[send.parse('SELECT 1'), ...bound()],
          ...[send.parse(text), send.bind([], { results }), send.execute()],
          ...[send.parse('INSERT INTO effects VALUES (1)'), ...bound()],
          send.sync(),
        ],
        ready: 1,
      }
    case 'prepared earlier':
      return {
        frames: [
          send.parse(text, 's'),
          send.describe('S', 's'),
          send.sync(),
          ...bound('s'),
          send.sync(),
          ...bound('s'),
          send.sync(),
        ],
        ready: 3,
      }
    case 'SQL cursor': {
      const binary = format === 'binary' ? 'BINARY' : ''
      return {
        frames: [
          send.query(`DECLARE c ${binary} CURSOR FOR ${text}`),
          send.query('FETCH 1 FROM c'),
          send.execute('c'),
          send.sync(),
        ],
        ready: 3,
      }
    }
    case 'portal in pieces':
      return {
        frames: [
          send.parse(text),
          send.bind([], { portal: 'p', results }),
          send.execute('p', 1),
          send.execute('p', 1),
          send.execute('p', 1),
          send.sync(),
        ],
        ready: 1,
      }
  }
}

/** Ids are of one digit in text and of four bytes in binary; a binary cursor's FETCH and Execute differ in that. */
const shown = (messages: readonly Message[]): unknown[][] =>
  messages
    .filter(({ type, body }) => type === 'D' && body.readUInt16BE(0) === 2)
    .map(({ body }) => {
      const [id, text] = valuesOf(body)
      return [id!.length === 4 ? id!.readInt32BE(0) : Number(id!.toString()), text?.toString() ?? null]
    })

const expected: Record<(typeof outcomes)[number], unknown[][]> = {
  allowed: [
    [1, 'Ada'],
    [2, 'Bob'],
  ],
  masked: [
    [1, '****1120'],
    [2, null],
  ],
  'refused by a rule': [],
  'refused for a mask': [],
}

describe.for(servers())('on %s', ([, url]) => {
  let database: FreshDatabase
  let server: RelayServer
  beforeAll(async () => {
    database = await freshDatabase(url)
    const admin = await database.client()
    await admin.query(`CREATE TABLE people (id int PRIMARY KEY, name text, ssn text);
    INSERT INTO people VALUES (1, 'Ada', '${canary}'), (2, 'Bob', NULL);
    CREATE TABLE forbidden (id int, name text); INSERT INTO forbidden VALUES (1, 'x');
    CREATE TABLE effects (a int)`)
    const guard = await guardOf(database.url, {
      masks: [{ columns: ['public.people.ssn'], with: { keep_last: 4 } }],
      rules: [{ name: 'keep-out', when: { reads: ['public.forbidden'] }, do: 'block' }],
    })
    server = await relayServer({ url: database.url, guard })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  describe.for(transactions)('%s', (transaction) => {
    test.for(cases.filter((each) => each.transaction === transaction))(
      '$mode, $format: $outcome',
      async ({ mode, format, outcome }) => {
        const client = await WireClient.login(server.port)
        if (transaction !== 'idle') await client.ask(send.query('BEGIN'))
        if (transaction === 'in a failed transaction') await client.ask(send.query('SELECT nothing'))
        const { frames, ready } = framesOf({ mode, format, transaction, outcome }, texts[outcome])
        client.write(...frames)
        const reply = await client.until(ready)
        const allowed = outcome === 'allowed' || outcome === 'masked'
        const error = errorsIn(reply)[0]
        if (transaction === 'in a failed transaction') {
          // An aborted transaction has its own error, also for what masks refuse; what a rule blocks is refused as ever.
          const blocked = outcome === 'refused by a rule' && mode !== 'pipelined'
          expect(error).toMatchObject({ C: blocked ? '42501' : '25P02' })
          expect(shown(reply)).toEqual([])
        } else if (allowed) {
          expect(error).toBeUndefined()
          const rounds = mode === 'prepared earlier' ? 2 : 1
          expect(shown(reply)).toEqual(Array.from({ length: rounds }, () => expected[outcome]).flat())
        } else {
          expect(error).toMatchObject({ C: '42501', M: expect.stringMatching(/^hoop: .*(keep-out|ssn)/) as string })
          expect(shown(reply)).toEqual([])
        }
        const state = transaction === 'idle' ? 'I' : transaction === 'in a transaction' && allowed ? 'T' : 'E'
        expect(states(reply).at(-1)).toBe(state)
        for (const { body } of reply) expect(body.includes(canary)).toBe(false)
        // The connection is as good as new, and nothing behind a refused statement was committed.
        await client.ask(send.query('ROLLBACK'))
        const after = await client.ask(send.query('SELECT count(*)::int, 0 FROM effects'))
        expect(shown(after)).toEqual([[mode === 'pipelined' && transaction === 'idle' && allowed ? 1 : 0, '0']])
        await client.ask(send.query('DELETE FROM effects'))
        await client.end()
      },
    )
  })
})
