import { errorsIn, send, states, type Message, type WireClient } from '../gateway/relay/wire-client.js'
import type { Step } from './data.js'

/** A way to send statements; what is not the last step goes as simple queries where it doesn't say otherwise. */
export interface Mode {
  readonly name: string
  /** Whether the last step can be sent so. */
  readonly fits: (last: string) => boolean
  /** Before the first step. @returns false where that can't be done yet: what it names isn't there */
  readonly begin?: (client: WireClient, last: string) => Promise<boolean>
  readonly send: (client: WireClient, sql: string) => Promise<Message[]>
  /** For the last step alone. */
  readonly last?: (client: WireClient, sql: string) => Promise<Message[]>
}

const simple = (client: WireClient, sql: string): Promise<Message[]> => client.ask(send.query(sql))

const extended = (client: WireClient, sql: string, results: readonly number[] = []): Promise<Message[]> =>
  client.ask(send.parse(sql), send.bind([], { results }), send.describe(), send.execute(), send.sync())

const isQuery = (sql: string): boolean => /^\s*(select|with|values|table)\b/i.test(sql)
const isSent = (sql: string): boolean => isQuery(sql) || /^\s*(insert|update|delete)\b/i.test(sql)

const inTransaction = async (client: WireClient, run: () => Promise<Message[]>): Promise<Message[]> => {
  const began = states(await simple(client, 'SELECT 1')).endsWith('I')
  const opened = began ? await simple(client, 'BEGIN') : []
  const answer = await run()
  return [...opened, ...answer, ...(began ? await simple(client, 'ROLLBACK') : [])]
}

export const modes: readonly Mode[] = [
  { name: 'simple', fits: () => true, send: simple },
  { name: 'extended', fits: () => true, send: extended },
  { name: 'extended, binary', fits: isQuery, send: extended, last: (client, sql) => extended(client, sql, [1]) },
  {
    name: 'prepared earlier',
    fits: isSent,
    begin: async (client, last) =>
      errorsIn(await client.ask(send.parse(last, 'earlier'), send.describe('S', 'earlier'), send.sync())).length === 0,
    send: simple,
    last: (client) => client.ask(send.bind([], { name: 'earlier' }), send.describe(), send.execute(), send.sync()),
  },
  {
    name: 'PREPARE earlier, EXECUTE',
    fits: isSent,
    begin: async (client, last) => errorsIn(await simple(client, `PREPARE earlier AS ${last}`)).length === 0,
    send: simple,
    last: (client) => simple(client, 'EXECUTE earlier'),
  },
  {
    name: 'cursor',
    fits: isQuery,
    send: simple,
    last: (client, sql) =>
      inTransaction(client, async () => [
        ...(await simple(client, `DECLARE walk CURSOR FOR ${sql}`)),
        ...(await simple(client, 'FETCH ALL FROM walk')),
      ]),
  },
  {
    name: 'portal in pieces',
    fits: isQuery,
    send: simple,
    last: (client, sql) =>
      client.ask(
        ...[send.parse(sql), send.bind([], { portal: 'pieces' }), send.execute('pieces', 1), send.execute('pieces')],
        send.sync(),
      ),
  },
  { name: 'COPY', fits: isQuery, send: simple, last: (client, sql) => simple(client, `COPY (${sql}\n) TO STDOUT`) },
]

/** One step of the user's, in a mode. */
export const take = (client: WireClient, mode: Mode, step: Step, isLast: boolean): Promise<Message[]> => {
  if (step.bind) {
    const { name, values } = step.bind
    return client.ask(send.bind(values, { name }), send.execute(), send.sync())
  }
  if (step.pipeline) {
    const frames = step.pipeline.flatMap((sql) => [send.parse(sql), send.bind(), send.describe(), send.execute()])
    client.write(...frames, send.flush())
    // Whatever came until then came without the Sync.
    return client.ask(send.sync())
  }
  return ((isLast && mode.last) || mode.send)(client, step.sql ?? '')
}
