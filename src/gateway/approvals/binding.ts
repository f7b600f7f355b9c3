import { createHash, type Hash } from 'node:crypto'
import { formatAt } from '../../wire/frontend.js'
import type { HeldStatement } from '../relay/machine/suspension/suspension.js'

export interface Bound {
  readonly subject: string
  readonly connection: string
  readonly database: string
  readonly policyHash: string
}

/** Each part with its length before it, so that no two lists of parts look the same. */
const add = (hash: Hash, part: string | Buffer): void => {
  const bytes = Buffer.from(part as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  hash.update(length).update(bytes)
}

/**
 * What an approval is bound to, as one hash, hex: person, connection, database, policy and rule; the exact text; parameters
 * with their formats and declared types; and what the text means at this moment (a changed search_path can make it
 * another statement).
 */
export const bindingOf = ({ subject, connection, database, policyHash }: Bound, statement: HeldStatement): string => {
  const hash = createHash('sha256')
  for (const part of [subject, connection, database, policyHash, statement.text, statement.rule.name]) add(hash, part)
  add(hash, statement.parameterTypes ?? '')
  add(hash, JSON.stringify(statement.facts.map(({ kinds, reads, writes }) => [kinds, reads, writes])))
  for (const [i, value] of statement.parameters.entries()) {
    add(hash, `${formatAt(statement.parameterFormats, i)}${value === null ? 'null' : ''}`)
    if (value !== null) add(hash, value)
  }
  return hash.digest('hex')
}

/** Of a statement's text alone, for approvals that stand for a while. */
export const textHash = (text: string): string => createHash('sha256').update(text).digest('hex')
