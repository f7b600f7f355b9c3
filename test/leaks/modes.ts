import { catalogue } from '../../src/lib/catalogue.js'
import { errorsIn, send, WireClient, type Message } from '../gateway/relay/wire-client.js'
import type { Attempt } from './corpus.js'

/** A way to send statements. */
export interface Mode {
  readonly name: string
  applies(attempt: Attempt): boolean
  /** @returns everything that came, through the last ReadyForQuery */
  run(client: WireClient, steps: readonly string[], parameters: readonly string[]): Promise<Message[]>
}

/** Something hangs: no server takes so long, milliseconds. */
const patience = 20_000

export const answerTo = async (client: WireClient, ready: number, ...frames: Buffer[]): Promise<Message[]> => {
  client.write(...frames)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the gateway does not answer')), patience)
  })
  const messages = await Promise.race([client.until(ready), late]).finally(() => clearTimeout(timer))
  if (client.closed) throw new Error(`the gateway ended the session: ${JSON.stringify(errorsIn(messages))}`)
  return messages
}

const literal = (value: string): string => `'${value.replaceAll("'", "''")}'`

const inlined = (step: string, parameters: readonly string[]): string =>
  step.replace(/\$([1-9])/g, (all, number: string) => {
    const value = parameters[Number(number) - 1]
    return value === undefined ? all : literal(value)
  })

const readsInput = (step: string): boolean => /\bCOPY\b.*\bFROM\s+STDIN\b/is.test(step)

/** Where nobody waits for COPY data, the server passes over these. */
const input = (step: string): Buffer[] => (readsInput(step) ? [send.copyData('77\tx\n'), send.copyDone()] : [])

const simply = (client: WireClient, text: string): Promise<Message[]> =>
  answerTo(client, 1, send.query(text), ...input(text))

const eachStep =
  (run: (client: WireClient, step: string, parameters: readonly string[]) => Promise<Message[]>): Mode['run'] =>
  async (client, steps, parameters) => {
    const all: Message[] = []
    for (const step of steps) all.push(...(await run(client, step, parameters)))
    return all
  }

const used = (step: string, parameters: readonly string[]): readonly string[] =>
  parameters.slice(0, Math.max(0, ...[...step.matchAll(/\$([1-9])/g)].map(([, number]) => Number(number))))

const extended = (results: readonly number[]): Mode['run'] =>
  eachStep((client, step, parameters) =>
    answerTo(
      client,
      1,
      ...[send.parse(step), send.bind(used(step, parameters), { results }), send.describe(), send.execute()],
      ...[...input(step), send.sync()],
    ),
  )

const isQuery = ({ steps }: Attempt): boolean =>
  steps.length === 1 && /^\s*[(]?\s*(SELECT|VALUES|TABLE|WITH)\b/i.test(steps[0]!)

const isChange = ({ steps }: Attempt): boolean =>
  steps.length === 1 && /^\s*(INSERT|UPDATE|DELETE|MERGE)\b/i.test(steps[0]!)

const yieldsRows = (attempt: Attempt): boolean =>
  (isQuery(attempt) && !/\bINTO\b/.test(attempt.steps[0]!)) ||
  (isChange(attempt) && /\bRETURNING\b/i.test(attempt.steps[0]!))

const changes = ({ steps }: Attempt): boolean => /\b(INSERT|UPDATE|DELETE|MERGE)\b/.test(steps[0]!)

/** DECLARE takes no change of data, and no data-changing WITH; what only reads, modes don’t disturb each other in. */
export const isRead = (attempt: Attempt): boolean => yieldsRows(attempt) && isQuery(attempt) && !changes(attempt)

const copied =
  (options: string): Mode['run'] =>
  async (client, [step = ''], parameters) =>
    // A comment may end the statement.
    simply(client, `COPY (${inlined(step, parameters)}\n) TO STDOUT${options}`)

const copies = (options: string): Mode => ({ name: `COPY${options}`, applies: yieldsRows, run: copied(options) })

/** No name twice in a session, as an error in between leaves it taken. */
const taken = new WeakMap<WireClient, number>()

/** @param of the mode, since all sessions of PGlite share one backend */
const freshName = (client: WireClient, of: string): string => {
  const number = taken.get(client) ?? 0
  taken.set(client, number + 1)
  return `${of}${number}`
}

export const modes: readonly Mode[] = [
  {
    name: 'simple',
    applies: () => true,
    run: eachStep((client, step, parameters) => simply(client, inlined(step, parameters))),
  },
  { name: 'extended, text', applies: ({ flags }) => !flags.has('once'), run: extended([]) },
  { name: 'extended, binary', applies: ({ flags }) => !flags.has('once'), run: extended([1]) },
  {
    name: 'several in one text',
    applies: ({ flags, steps }) => !flags.has('once') && !steps.some(readsInput),
    run: (client, steps, parameters) =>
      simply(client, ['SELECT 1', ...steps.map((step) => inlined(step, parameters)), 'SELECT 2'].join('\n;\n')),
  },
  {
    name: 'prepared, run later',
    applies: (attempt) => isQuery(attempt) || isChange(attempt),
    run: async (client, [step = ''], parameters) => {
      const name = freshName(client, 'later')
      const bound = [send.bind(used(step, parameters), { name }), send.execute()]
      return [
        ...(await answerTo(client, 1, send.parse(step, name), send.describe('S', name), send.sync())),
        ...(await simply(client, 'SELECT email FROM names')),
        ...(await answerTo(client, 1, ...bound, send.sync())),
        ...(await answerTo(
          client,
          1,
          send.bind(used(step, parameters), { name, results: [1] }),
          send.execute(),
          send.sync(),
        )),
      ]
    },
  },
  {
    name: 'PREPARE and EXECUTE',
    applies: (attempt) => isRead(attempt) || (isChange(attempt) && yieldsRows(attempt)),
    run: async (client, [step = ''], parameters) => {
      const name = freshName(client, 'executed')
      return [
        ...(await simply(client, `PREPARE ${name} AS ${inlined(step, parameters)}`)),
        ...(await simply(client, `EXECUTE ${name}`)),
        ...(await extended([1])(client, [`EXECUTE ${name}`], [])),
      ]
    },
  },
  {
    name: 'cursor',
    applies: isRead,
    run: async (client, [step = ''], parameters) => [
      ...(await simply(client, 'BEGIN')),
      ...(await simply(client, `DECLARE walk CURSOR FOR ${inlined(step, parameters)}`)),
      ...(await simply(client, 'FETCH 1 FROM walk')),
      ...(await extended([1])(client, ['FETCH ALL FROM walk'], [])),
      ...(await simply(client, 'ROLLBACK')),
    ],
  },
  {
    name: 'portal in pieces',
    applies: yieldsRows,
    run: (client, [step = ''], parameters) =>
      answerTo(
        client,
        1,
        ...[send.parse(step), send.bind(used(step, parameters), { portal: 'pieces' })],
        ...[send.execute('pieces', 1), send.execute('pieces', 2), send.execute('pieces'), send.sync()],
      ),
  },
  copies(''),
  copies(' (FORMAT csv, HEADER)'),
  copies(' (FORMAT binary)'),
]

/** The gateway's codes by what their messages begin with. */
const codes = Object.entries(catalogue).map(([code, { message }]) => [`hoop: ${message}`, code] as const)

/** What follows from an error before: of a transaction that has failed, or a statement that was never prepared. */
const consequences: ReadonlySet<string | undefined> = new Set(['25P02', '26000', '34000', '42P01'])

/**
 * What became of an attempt: `answered`, `refused` and the gateway's code, or `failed` and the server's SQLSTATE. Where
 * one of its statements was refused, that counts.
 */
export const outcomeOf = (messages: readonly Message[]): string => {
  const errors = errorsIn(messages)
  for (const { M } of errors) {
    const code = codes.find(([message]) => M?.startsWith(message))?.[1]
    if (code !== undefined) return `refused ${code}`
  }
  if (errors.length === 0) return 'answered'
  return `failed ${(errors.find(({ C }) => !consequences.has(C)) ?? errors[0])?.C}`
}
