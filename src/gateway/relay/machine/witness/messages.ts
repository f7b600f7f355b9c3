import { randomBytes } from 'node:crypto'
import { witnessText } from '../../../../sql/witness/text.js'
import { closeOf, executeOf, frame, parse } from '../../../../wire/frontend.js'
import { Frontend } from '../../../../wire/tags.js'

/**
 * What the witness is prepared as, in every session of this process, and the portal that it runs in. Somebody may read it
 * in pg_prepared_statements: whatever may have put another statement in its place makes the relay prepare it anew.
 */
export const witnessName = `hoop_witness_${randomBytes(12).toString('hex')}`

/** Prepares it, whatever had its name. Answered by CloseComplete and ParseComplete. */
export const prepareWitness: Buffer = Buffer.concat([closeOf('S', witnessName), parse(witnessName, witnessText)])

/** Its portal is its own, and closed each time: on the unnamed one it would end the client's. */
const behind: Buffer = Buffer.concat([executeOf(witnessName), closeOf('P', witnessName)])

/** CloseComplete and ParseComplete; BindComplete, CommandComplete and CloseComplete. */
export const answers = { prepared: 2, run: 3 } as const

const int16 = (value: number): Buffer => Buffer.from([(value >> 8) & 0xff, value & 0xff])

const value = (parameter: Buffer): Buffer[] => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(parameter.length)
  return [length, parameter]
}

/** The same for all sessions: parameters are kept with the decision that they were worked out for. */
const known = new WeakMap<readonly Buffer[], Buffer>()

/** Bind, Execute and Close of the witness. @param parameters in text format */
export const runWitness = (parameters: readonly Buffer[]): Buffer => {
  const before = known.get(parameters)
  if (before) return before
  const values = parameters.flatMap(value)
  const bind = frame(Frontend.Bind, witnessName, witnessName, int16(0), int16(parameters.length), ...values, int16(0))
  const messages = Buffer.concat([bind, behind])
  known.set(parameters, messages)
  return messages
}
