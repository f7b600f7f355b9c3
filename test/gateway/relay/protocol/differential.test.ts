import fc from 'fast-check'
import { inject, beforeAll, afterAll, describe, expect, test } from 'vitest'
import { HoopError } from '../../../../src/lib/errors.js'
import type { AllowedStatement, Guard } from '../../../../src/policy/decision.js'
import { readRowDescription } from '../../../../src/wire/backend.js'
import { startupMessage } from '../../../../src/wire/startup.js'
import { everyCut } from '../../../helpers/cuts.js'
import { relayServer, type RelayServer } from '../relay-server.js'
import { send, WireClient, type Message } from '../wire-client.js'

/**
 * The relay against the server itself: the same bytes sent to both must bring back the same messages. A server that is
 * asked for a table nobody has stands in for a refusal: the relay refuses the statement, the server can't run it, and
 * everything but the error's own words must be alike.
 */
const forbidden = 'SELECT * FROM forbidden_table'

const stream = { format: 'text', delimiter: '\t', quote: '"', escape: '"', nullText: '\\N', header: false } as const
const plain: AllowedStatement = { kind: 'any', kinds: [], reads: [], writes: [], scrub: false, ddl: false, stream }

const guard: Guard = {
  decide: (text) =>
    text.includes('forbidden_table')
      ? { kind: 'refuse', error: new HoopError('STATEMENT_BLOCKED', 'rule test') }
      : { kind: 'allow', statements: text.split(';').map(() => plain) },
  masks: () => undefined,
  refresh: async () => undefined,
  clear: false,
  masking: false,
  maskKey: Buffer.alloc(32),
}

let relay: RelayServer
let describing: RelayServer
let direct: WireClient
let port: number
beforeAll(async () => {
  relay = await relayServer({ guard })
  // This one injects its own Describe before each Execute.
  describing = await relayServer({ guard: { ...guard, masking: true } })
  port = Number(new URL(inject('databaseUrl')).port)
  direct = await trusted()
})
afterAll(async () => {
  await direct.end()
  await relay[Symbol.asyncDispose]()
  await describing[Symbol.asyncDispose]()
})

const trusted = async (): Promise<WireClient> => {
  const client = await WireClient.open(port)
  client.socket.write(
    startupMessage(Object.entries({ user: 'login_trust', database: 'postgres', client_encoding: 'UTF8' })),
  )
  await client.until(1)
  return client
}

/** What must be alike: types and contents, of errors only the place. */
const shown = (messages: readonly Message[], refusals: boolean): string[] =>
  messages.map(({ type, body }) => {
    if (type === 'E') return refusals ? 'E' : `E ${body.toString('latin1').replace(/\0F.*/s, '')}`
    if (type === 'T') return `T ${namesIn(body).join()}`
    return `${type} ${body.toString('latin1')}`
  })

/** Names, types and formats; the tables' OIDs differ from session to session. */
const namesIn = (body: Buffer): string[] => {
  const whole = Buffer.concat([Buffer.alloc(5), body])
  return readRowDescription(whole, 0, whole.length).map(({ name, type, format }) => `${name} ${type} ${format}`)
}

/** Puts a session back to where it was, whatever a script left behind. */
const reset = [send.query('ROLLBACK'), send.query('DISCARD ALL'), send.query('SELECT 1')]

const run = async (client: WireClient, pieces: readonly Buffer[]): Promise<Message[]> => {
  for (const [i, piece] of pieces.entries()) {
    if (i > 0) await new Promise(setImmediate)
    if (piece.length > 0) client.socket.write(piece)
  }
  client.write(send.sync(), ...reset)
  const messages: Message[] = []
  // The last answer is the one to `SELECT 1` behind everything.
  for (;;) {
    messages.push(...(await client.until(1)))
    if (client.closed) return messages
    const tags = messages.filter(({ type }) => type === 'C').map(({ body }) => body.toString())
    if (tags.at(-1) === 'SELECT 1\0' && tags.at(-2) === 'DISCARD ALL\0') return messages
  }
}

const extended = (text: string, results: number[] = []): Buffer[] => [
  send.parse(text),
  send.bind([], { results }),
  send.describe(),
  send.execute(),
]

const scripts: Record<string, Buffer[]> = {
  'simple queries': [send.query("SELECT 1, 'a'; SELECT 2"), send.query(''), send.query('SELEKT')],
  'a pipeline of Syncs': [...extended('SELECT 1'), send.sync(), ...extended('SELECT 2', [1]), send.sync()],
  'an error and what is skipped': [
    ...extended('SELECT 1'),
    ...extended('SELECT nothing'),
    ...extended('SELECT 2'),
    send.query('SELECT 3'),
    send.sync(),
    ...extended('SELECT 4'),
    send.sync(),
  ],
  'a refused statement in a pipeline': [
    ...extended('CREATE TEMP TABLE gone (a int)'),
    ...extended(forbidden),
    send.sync(),
    send.query('SELECT count(*) FROM pg_class WHERE relname = $$gone$$'),
  ],
  'a refused simple query behind an error, where the server ignores it': [
    ...extended('SELECT nothing'),
    send.query(forbidden),
    send.sync(),
    send.query('SELECT 1'),
  ],
  'refused in a transaction, and rescued by a savepoint': [
    send.query('BEGIN; SAVEPOINT s'),
    send.query(forbidden),
    send.query('SELECT 1'),
    send.query('ROLLBACK TO s'),
    send.query('SELECT 2'),
    ...extended(forbidden),
    send.sync(),
    send.query('COMMIT'),
  ],
  'named statements and portals with limits': [
    send.parse('SELECT generate_series(1, 5)', 's'),
    send.describe('S', 's'),
    send.query('BEGIN'),
    send.bind([], { name: 's', portal: 'p' }),
    send.execute('p', 2),
    send.flush(),
    send.execute('p', 2),
    send.sync(),
    send.execute('p', 0),
    send.close('P', 'p'),
    send.close('S', 's'),
    send.bind([], { name: 's' }),
    send.sync(),
    send.query('COMMIT'),
  ],
  'cursors of SQL, executed by the protocol': [
    send.query('BEGIN; DECLARE c CURSOR FOR SELECT generate_series(1, 3)'),
    send.execute('c', 2),
    send.sync(),
    send.query('FETCH ALL FROM c'),
    send.execute('missing'),
    send.sync(),
  ],
  'COPY in and out': [
    send.query('CREATE TEMP TABLE t (a int)'),
    send.query('COPY t FROM STDIN'),
    send.copyData('1\n'),
    send.copyDone(),
    send.query('COPY t FROM STDIN'),
    send.copyFail('no'),
    send.query('COPY t TO STDOUT'),
    ...extended('COPY t TO STDOUT'),
    send.sync(),
    send.copyDone(),
    send.query('COPY t FROM STDIN; SELECT 1; COPY t FROM STDIN'),
    send.copyData('2\n'),
    send.copyDone(),
    send.copyData('3\n'),
    send.copyDone(),
  ],
  'extended COPY with an early Sync': [
    send.query('CREATE TEMP TABLE t (a int)'),
    send.parse('COPY t FROM STDIN'),
    send.bind(),
    send.execute(),
    send.sync(),
    send.flush(),
    send.copyData('1\n'),
    send.copyDone(),
    send.sync(),
    send.query('SELECT * FROM t'),
  ],
  'malformed messages': [
    send.describe('X' as 'S', 'x'),
    send.sync(),
    send.close('X' as 'S', 'x'),
    send.sync(),
    send.bind(['1', '2']),
    send.sync(),
    send.execute('nobody'),
    send.sync(),
  ],
}

describe.for([
  ['relay', () => relay],
  ['relay that describes', () => describing],
] as const)('%s', ([, server]) => {
  test.for(Object.entries(scripts))('%s: as on the server, cut at every byte', async ([, frames]) => {
    const bytes = Buffer.concat(frames)
    const refusals = bytes.includes('forbidden_table')
    const expected = shown(await run(direct, [bytes]), refusals)
    const client = await WireClient.login(server().port)
    for (const [, before, after] of everyCut(bytes))
      expect(shown(await run(client, [before, after]), refusals)).toEqual(expected)
    await client.end()
  })
})

/** `npm run fuzz` asks for more. */
const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 300)

test(
  'random pipelines come out as on the server',
  async () => {
    const step = fc.constantFrom(
      ...[
        'SELECT 1',
        'SELECT nothing',
        forbidden,
        'BEGIN',
        'COMMIT',
        'ROLLBACK',
        'SAVEPOINT s',
        'ROLLBACK TO s',
      ].flatMap((text) => [
        [send.query(text)],
        [...extended(text), send.sync()],
        extended(text),
        [send.parse(text, 'n')],
        [send.parse(text)],
      ]),
      [send.bind(), send.execute()],
      [send.bind([], { name: 'n', portal: 'q', results: [1] }), send.execute('q', 1), send.execute('q', 1)],
      [send.close('S', 'n')],
      [send.describe('S', 'n')],
      [send.sync()],
      [send.flush()],
      [send.query('COPY (SELECT 1) TO STDOUT')],
      [send.query('DEALLOCATE ALL')],
      [send.functionCall(0)],
    )
    for (const server of [relay, describing]) {
      const client = await WireClient.login(server.port)
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(), async (steps, seed) => {
          const bytes = Buffer.concat(steps.flat())
          const cut = bytes.length === 0 ? 0 : seed % bytes.length
          const expected = shown(await run(direct, [bytes]), true)
          expect(shown(await run(client, [bytes.subarray(0, cut), bytes.subarray(cut)]), true)).toEqual(expected)
        }),
        { numRuns: runs },
      )
      await client.end()
    }
  },
  60_000 + 100 * runs,
)
