import type { Client } from 'pg'
import type { Guard } from '../../../../src/policy/decision.js'
import { identity, triggerVersion } from '../../../../src/sql/catalog/read/row-versions.js'
import { columnMembers, relationVersion } from '../../../../src/sql/catalog/read/versions.js'
import { parameters } from '../../../../src/sql/witness/parameters.js'
import { witnessForms, writeWitness, type WitnessPart } from '../../../../src/sql/witness/text.js'
import { isOld } from '../../../../src/sql/witness/transactions.js'
import type { byPiece } from './scenarios.js'

/** The witness as it would be without something, and what it would then have to expect. */
export interface Without {
  readonly rewrite: (text: string) => string
  /** A query for further versions that count as expected, by the catalog as it is. */
  readonly expects?: string
}

export const withoutPart = (part: WitnessPart): Without => ({
  rewrite: (text) => {
    const form = witnessForms.find((each) => writeWitness(each) === text)
    if (!form) throw new Error('another text than the witness’s')
    return writeWitness(form, part)
  },
})

export type Piece = keyof typeof byPiece

/** Of a version, what is left out of it: the one that is worked out, and the one that is expected, lack it alike. */
const lacking = (version: string, piece: string, of: string): Without => {
  const without = version.replace(piece, `''`)
  if (without === version) throw new Error(`${piece} is no piece of ${version}`)
  return { rewrite: (text) => text.replaceAll(version, without), expects: `SELECT ${without} AS version FROM ${of}` }
}

/** @param word that stands in that piece alone */
const ofIdentity = (word: string): Without => {
  const piece = identity('c')
    .split(` OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||) `)
    .find((each) => each.includes(word))
  return lacking(identity('c'), piece ?? word, 'pg_class c')
}
const ofVersion = (piece: string): Without => lacking(relationVersion('c'), piece, 'pg_class c')
const ofTrigger = (column: string): Without =>
  lacking(triggerVersion('t'), `t.${column}::pg_catalog.text`, 'pg_trigger t')
const never = (alias: string): Without => ({ rewrite: (text) => text.replaceAll(isOld(`${alias}.xmax`), 'false') })

/** What stands between two commas of `relationVersion`, by a name in it. */
const pieceWith = (word: string): string => {
  const from = relationVersion('c')
  const at = from.indexOf(word)
  let start = at
  // A subselect stands in parentheses.
  for (let depth = 0; depth < 1; start--) depth += from[start - 1] === '(' ? 1 : from[start - 1] === ')' ? -1 : 0
  let end = start + 1
  for (let depth = 1; depth > 0; end++) depth += from[end] === '(' ? 1 : from[end] === ')' ? -1 : 0
  return from.slice(start, end)
}

export const withoutPiece: Readonly<Record<Piece, () => Without>> = {
  'the OID in an identity': () => ofIdentity('c.oid::'),
  'the schema in an identity': () => ofIdentity('relnamespace'),
  'that something is a part, in an identity': () => ofIdentity('pg_inherits'),
  'that something has rules, in an identity': () => ofIdentity('relhasrules'),
  'that something has parts, in an identity': () => ofIdentity('relhassubclass'),
  'the columns of a relation': () => ofVersion(columnMembers('c.oid')),
  'the rules of a relation': () => ofVersion(pieceWith('FROM pg_catalog.pg_rewrite')),
  'the parents of a relation': () => ofVersion(pieceWith('FROM pg_catalog.pg_inherits i WHERE i.inhrelid')),
  'the children of a relation': () => ofVersion(pieceWith('WITH RECURSIVE below')),
  'the function of a trigger': () => ofTrigger('tgfoid'),
  'whether a trigger fires': () => ofTrigger('tgenabled'),
  'that a relation is old': () => never('c'),
  'that a function is old': () => never('p'),
  'that an operator is old': () => never('o'),
  'that a cast is old': () => never('k'),
  'that a trigger is old': () => never('t'),
}

/** A guard whose witness can be made to expect more, or be left out. */
export class Witnessed {
  /** Versions, quoted as elements of an array. */
  #more: readonly string[] = []
  off = false
  /** Whether the gateway looks at the catalog itself where the witness sees an old state of it. */
  looks = true

  async expect(client: Client, query: string | undefined): Promise<void> {
    const { rows } = query === undefined ? { rows: [] } : await client.query<{ version: string }>(query)
    this.#more = rows.map(({ version }) => `"${version.replaceAll(/["\\]/g, '\\$&')}"`)
  }

  readonly through = (guard: Guard): Guard =>
    new Proxy(guard, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target)
        if (key === 'renew' && !this.looks) return () => undefined
        if (key === 'witness') return this.#witness(value as Guard['witness'])
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    })

  #witness(own: Guard['witness']): Guard['witness'] {
    if (this.off) return undefined
    if (!own || this.#more.length === 0) return own
    return (premises) =>
      own(premises)?.map((value, i) => {
        if (parameters[i] !== 'expected') return value
        const all = [value.toString().slice(1, -1), ...this.#more].filter((each) => each !== '')
        return Buffer.from(`{${all.join(',')}}`)
      })
  }
}
