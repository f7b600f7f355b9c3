import { randomBytes } from 'node:crypto'
import { isPlain, plainParameters } from '../../../../sql/witness/parameters.js'
import { plainWitnessText, witnessText } from '../../../../sql/witness/text.js'
import { closeOf, executeOf, frame, parse } from '../../../../wire/frontend.js'
import { Frontend } from '../../../../wire/tags.js'

/** Most statements need no more than the plain witness, which costs the server less. */
export type WitnessKind = 'plain' | 'whole'

const prefix = `hoop_witness_${randomBytes(12).toString('hex')}`

/**
 * What the witnesses are prepared as in every session of this process, and the portals that they run in. Somebody may read
 * them in pg_prepared_statements: whatever may have put another statement in their place makes the relay prepare them anew.
 */
const names = { plain: `${prefix}_plain`, whole: prefix } as const

/** Whether a client uses a name that only the relay should. */
export const isWitnessName = (name: string): boolean => name.startsWith(prefix)

const prepares = (kind: WitnessKind, text: string): Buffer =>
  Buffer.concat([closeOf('S', names[kind]), parse(names[kind], text)])

/** Prepares one, whatever had its name. Answered by CloseComplete and ParseComplete. */
export const prepareWitness = {
  plain: prepares('plain', plainWitnessText),
  whole: prepares('whole', witnessText),
} as const

/** Its portal is its own, and closed each time: on the unnamed one it would end the client's. */
const behind = (kind: WitnessKind): Buffer => Buffer.concat([executeOf(names[kind]), closeOf('P', names[kind])])

const after = { plain: behind('plain'), whole: behind('whole') } as const

/** CloseComplete and ParseComplete; BindComplete, CommandComplete and CloseComplete. */
export const answers = { prepared: 2, run: 3 } as const

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

const value = (parameter: Buffer): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(parameter.length)
  return [length, parameter]
}

interface Run {
  readonly kind: WitnessKind
  /** Bind, Execute and Close. */
  readonly messages: Buffer
}

/** The same for all sessions: parameters are kept with the decision that they were worked out for. */
const known = new WeakMap<readonly Buffer[], Run>()

/** What runs the witness that these parameters need. @param parameters in text format */
export const runWitness = (parameters: readonly Buffer[]): Run => {
  const before = known.get(parameters)
  if (before) return before
  const kind = isPlain(parameters) ? 'plain' : 'whole'
  const given = kind === 'plain' ? parameters.slice(0, plainParameters) : parameters
  const values = given.flatMap(value)
  const bind = frame(Frontend.Bind, names[kind], names[kind], int16(0), int16(given.length), ...values, int16(0))
  const run = { kind, messages: Buffer.concat([bind, after[kind]]) } as const
  known.set(parameters, run)
  return run
}
