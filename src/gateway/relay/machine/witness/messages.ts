import { randomBytes } from 'node:crypto'
import { isPlain, plainParameters } from '../../../../sql/witness/parameters.js'
import { type WitnessForm, witnessForms, writeWitness } from '../../../../sql/witness/text.js'
import { closeOf, executeOf, frame, parse } from '../../../../wire/frontend.js'
import { Frontend } from '../../../../wire/tags.js'

const prefix = `hoop_witness_${randomBytes(12).toString('hex')}`

/**
 * What the witnesses are prepared as in every session of this process, and the portals that they run in. Somebody may read
 * them in pg_prepared_statements: whatever may have put another statement in their place makes the relay prepare them anew.
 * Most statements need no more than a plain one, which costs the server less, and one that recalls costs next to nothing.
 */
const nameOf = (form: WitnessForm): string => `${prefix}_${form}`

const each = <Value>(value: (form: WitnessForm) => Value): Readonly<Record<WitnessForm, Value>> =>
  Object.fromEntries(witnessForms.map((form) => [form, value(form)])) as Record<WitnessForm, Value>

/** Whether a client uses a name that only the relay should. */
export const isWitnessName = (name: string): boolean => name.startsWith(prefix)

/** Prepares one, whatever had its name. Answered by CloseComplete and ParseComplete. */
export const prepareWitness = each((form) =>
  Buffer.concat([closeOf('S', nameOf(form)), parse(nameOf(form), writeWitness(form))]),
)

/** Its portal is its own, and closed each time: on the unnamed one it would end the client's. */
const after = each((form) => Buffer.concat([executeOf(nameOf(form)), closeOf('P', nameOf(form))]))

/** CloseComplete and ParseComplete; BindComplete, DataRow, CommandComplete and CloseComplete. */
export const answers = { prepared: 2, run: 4 } as const

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

const value = (parameter: Buffer): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(parameter.length)
  return [length, parameter]
}

interface Run {
  readonly form: WitnessForm
  /** Bind, Execute and Close. */
  readonly messages: Buffer
  /** The snapshot that it is asked for. */
  readonly snapshot?: string
}

const run = (form: WitnessForm, given: readonly Buffer[]): Run => {
  const count = int16(given.length)
  const bind = frame(Frontend.Bind, nameOf(form), nameOf(form), int16(0), count, ...given.flatMap(value), int16(0))
  return { form, messages: Buffer.concat([bind, after[form]]) }
}

/** The same for all sessions: parameters are kept with the decision that they were worked out for. */
const known = new WeakMap<readonly Buffer[], Run>()
const recalled = new WeakMap<readonly Buffer[], Run>()
const old = new WeakMap<readonly Buffer[], Run>()

/** What runs it in a transaction that sees an old state of the catalog. */
export const runOldWitness = (parameters: readonly Buffer[]): Run => {
  const before = old.get(parameters) ?? run('old', parameters)
  old.set(parameters, before)
  return before
}

/** What only asks: nothing is raised, and the transaction goes on whatever has changed. */
export const askWitness = (parameters: readonly Buffer[]): Run => run('asking', parameters)

/**
 * What runs the witness that these parameters need.
 * @param parameters in text format
 * @param snapshot in which they were confirmed in this session, where that may still be the server's
 */
export const runWitness = (parameters: readonly Buffer[], snapshot: string | undefined): Run => {
  const before = snapshot === undefined ? known.get(parameters) : recalled.get(parameters)
  if (before && before.snapshot === snapshot) return before
  const plain = isPlain(parameters)
  const given = plain ? parameters.slice(0, plainParameters) : parameters
  if (snapshot === undefined) {
    const now = run(plain ? 'plain' : 'whole', given)
    known.set(parameters, now)
    return now
  }
  const now = { ...run(plain ? 'plainRecalling' : 'wholeRecalling', [...given, Buffer.from(snapshot)]), snapshot }
  recalled.set(parameters, now)
  return now
}
