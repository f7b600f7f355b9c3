import { rowsIn, send, type Message, type WireClient } from '../wire-client.js'

type Rows = (string | null)[][]

/** A way to read. */
export interface Mode {
  readonly name: string
  /** Every text that it sends to be run. */
  readonly texts: (sql: string) => readonly string[]
  /** @param number of the statement, by which it was prepared */
  readonly run: (client: WireClient, sql: string, number: number) => Promise<Message[]>
  /** The statement's own rows. */
  readonly rows?: (messages: readonly Message[]) => Rows
  /** It can't be used for statements that write. */
  readonly reads?: true
  /** No lock holds what it names between its witness and its run: it isn't planned. See docs/limitations.md. */
  readonly unheld?: true
  /** It needs a transaction, and opens one where none is open. */
  readonly inside?: true
}

export const query = (client: WireClient, sql: string): Promise<Message[]> => client.ask(send.query(sql))

/** One simple query after the other. */
export const inTurn = async (client: WireClient, texts: readonly string[]): Promise<Message[]> => {
  const all: Message[] = []
  for (const text of texts) all.push(...(await query(client, text)))
  return all
}

export const copied = (messages: readonly Message[]): Rows =>
  messages
    .filter(({ type }) => type === 'd')
    .map(({ body }) =>
      body
        .toString()
        .trimEnd()
        .split('\t')
        .map((value) => (value === '\\N' ? null : value)),
    )

export const middle = (messages: readonly Message[]): Rows => rowsIn(messages).slice(1, -1)
export const itself = (sql: string) => [sql]
export const copy = (sql: string) => `COPY (${sql}) TO STDOUT`
export const executed = (name: string, sql?: string, portal = '') => [
  ...(sql === undefined ? [] : [send.parse(sql, name)]),
  send.bind([], { name, portal }),
  send.describe('P', portal),
  send.execute(portal),
]
