import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type DatabaseError, Query } from 'pg'
import { from } from 'pg-copy-streams'
import { HoopError } from '../../src/lib/errors.js'
import type { Who } from './fault.js'

export interface Session {
  readonly who: Who
  readonly client: Client
  /** Of its backend. */
  readonly pid: number
  /** Statements that were answered, rows and COPYs that came through. */
  readonly rounds: number
  /** Rows of `ran` that the server has confirmed. */
  readonly acknowledged: readonly number[]
  readonly over: boolean
  /** `FATAL 57P01 SESSION_KILLED`, `ERROR 42501`, `connection lost`; undefined where it heard nothing. */
  readonly heard: string | undefined
  /** All of the words that it was told. */
  readonly words: string
  /** The longest time since then without a round, until now. */
  longestWait(since: number): number
  /** One more statement of somebody idle. */
  ask(): Promise<unknown>
  /** Ends its work after the round that is under way, and the session. */
  stop(): Promise<void>
}

/** What an error says to a program. */
export const heardOf = (error: unknown): string => {
  if (error instanceof HoopError) return error.code
  const { severity, code, routine = '' } = error as Partial<DatabaseError>
  if (severity === undefined) return 'connection lost'
  return [severity, code, /^hoop\/(.*)$/.exec(routine)?.[1]].filter(Boolean).join(' ')
}

/** What tells more is kept. */
const weight = (said: string) => ['connection lost', 'ERROR', 'FATAL'].findIndex((one) => said.startsWith(one))

const connectionOf = (client: Client) =>
  (client as unknown as { connection: EventEmitter & { stream: Socket } }).connection

export const streamOf = (client: Client): Socket => connectionOf(client).stream

/**
 * Somebody who works until they are stopped or their connection ends; an ERROR is noted and stops nobody.
 * @param first number of their first row, which nobody else has
 */
export const work = async (who: Who, client: Client, first: number): Promise<Session> => {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const acknowledged: number[] = []
  const times = [performance.now()]
  let [over, stopping, words] = [false, false, '']
  let heard: string | undefined
  const hear = (error: unknown) => {
    words += `${String(error)} ${JSON.stringify(error)}\n`
    const said = heardOf(error)
    if (heard === undefined || weight(said) > weight(heard)) heard = said
  }
  const done = () => void times.push(performance.now())
  connectionOf(client).on('errorMessage', hear) // pg-copy-streams keeps some of them to itself
  client.on('error', hear).once('end', () => {
    over = true
    if (!stopping) heard ??= 'connection lost'
  })
  const insert = async (n: number) => {
    await client.query(`INSERT INTO ran VALUES ('${who}', ${n})`)
    acknowledged.push(n)
  }
  const copy = async () => {
    const stream = client.query(from('COPY copied FROM STDIN'))
    const ended = new Promise((resolve, reject) => stream.on('finish', resolve).on('error', reject))
    for (let n = 0; n < 3; n++) {
      stream.write(`${n}\n`)
      await sleep(5)
    }
    stream.end()
    await ended
  }
  const read = () =>
    new Promise((resolve, reject) => {
      const text = `SELECT n, repeat('x', 2000), pg_sleep(0.01) FROM generate_series(1, 1000000) n`
      client.query(new Query(text)).on('row', done).on('end', resolve).on('error', reject)
    })
  const deeds: Readonly<Record<Who, (n: number) => Promise<unknown>>> = {
    writer: insert,
    agent: insert,
    elsewhere: insert,
    reader: read,
    loader: copy,
    asker: async () => {
      const { rows } = await client.query('SELECT email FROM people WHERE id = 1')
      words += JSON.stringify(rows) // which must not have the address itself
    },
    idle: () => client.query('SELECT 1'),
  }
  const round = async (n: number) => {
    try {
      await deeds[who](n)
      done()
    } catch (error) {
      if (!stopping) hear(error)
    }
  }
  const loop = async () => {
    for (let n = first; !over && !stopping; n++) {
      await round(n)
      await sleep(heard === undefined ? 20 : 50)
    }
  }
  const working = who === 'idle' ? round(0) : loop()
  return {
    ...{ who, client, acknowledged, pid: rows[0]!.pid },
    get rounds() {
      return times.length
    },
    get over() {
      return over
    },
    get heard() {
      return heard
    },
    get words() {
      return words
    },
    longestWait: (since) => {
      const marks = [since, ...times.filter((at) => at > since), performance.now()]
      return Math.max(...marks.slice(1).map((at, i) => at - marks[i]!))
    },
    ask: () => round(0),
    stop: async () => {
      stopping = true
      if (who === 'reader') streamOf(client).destroy()
      await working
      if (!over) await client.end().catch(() => undefined)
    },
  }
}
