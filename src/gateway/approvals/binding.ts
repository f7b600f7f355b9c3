import { createHash, type Hash } from 'node:crypto'
import type { StatementMeaning } from '../../lib/api/approvals.js'
import { formatAt } from '../../wire/frontend.js'
import type { HeldStatement } from '../relay/machine/suspension/suspension.js'

export interface Bound {
  readonly subject: string
  readonly connection: string
  readonly database: string
  readonly policyHash: string
  /** User of the database that the session is. */
  readonly user: string
  /** As which it goes on behind that login. */
  readonly role?: string
}

/** Each part with its length before it, so that no two lists of parts look the same. */
const add = (hash: Hash, part: string | Buffer): void => {
  const bytes = Buffer.from(part as string)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  hash.update(length).update(bytes)
}

/** What is absent is not the same as what is empty; of a list its length comes first. */
const addMeaning = (hash: Hash, { user, role, searchPath, named = [] }: StatementMeaning): void => {
  add(hash, user)
  for (const part of [role, searchPath]) add(hash, part === undefined ? '' : `=${part}`)
  add(hash, String(named.length))
  for (const text of named) add(hash, text)
}

/** What the text stands for in this session. */
export const meaningOf = (
  { user, role }: Pick<Bound, 'user' | 'role'>,
  statement: HeldStatement,
): StatementMeaning => ({
  user,
  ...(role !== undefined && { role }),
  ...(statement.searchPath !== undefined && { searchPath: statement.searchPath }),
  ...(statement.named.length > 0 && { named: statement.named }),
})

/**
 * What an approval is bound to, as one hash, hex: person, connection, database, policy and rule; user and role in the
 * database; the exact text; the texts that it runs by a name; the search_path, where it is not the usual one; parameters with
 * their formats and declared types; and what the text means at this moment.
 */
export const bindingOf = (bound: Bound, statement: HeldStatement): string => {
  const { subject, connection, database, policyHash } = bound
  const hash = createHash('sha256')
  for (const part of [subject, connection, database, policyHash, statement.text, statement.rule.name]) add(hash, part)
  addMeaning(hash, meaningOf(bound, statement))
  add(hash, statement.parameterTypes ?? '')
  add(hash, JSON.stringify(statement.facts.map(({ kinds, reads, writes }) => [kinds, reads, writes])))
  for (const [i, value] of statement.parameters.entries()) {
    add(hash, `${formatAt(statement.parameterFormats, i)}${value === null ? 'null' : ''}`)
    if (value !== null) add(hash, value)
  }
  return hash.digest('hex')
}

/** Of a statement's text and what that stands for, for approvals that stand for a while, hex. */
export const statementHash = (text: string, meaning: StatementMeaning): string => {
  const hash = createHash('sha256')
  add(hash, text)
  addMeaning(hash, meaning)
  return hash.digest('hex')
}
