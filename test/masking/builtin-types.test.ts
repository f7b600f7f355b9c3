import type { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtinType } from '../../src/masking/builtin-types.js'
import { redacted } from '../../src/masking/kinds/redact.js'
import { freshDatabase, type FreshDatabase } from '../helpers/database.js'
import { key } from './types.js'

interface TypeRow {
  readonly oid: number
  readonly name: string
  readonly kind: string
  readonly element: number
  readonly output: string
  readonly binary: boolean
}

let database: FreshDatabase
let client: Client
let types: TypeRow[]

beforeAll(async () => {
  database = await freshDatabase()
  client = await database.client()
  // OIDs from 10000 on are given out when a cluster is made, and differ.
  const { rows } = await client.query<TypeRow>(`
    SELECT oid::int8::int, typname AS name, typtype AS kind, typelem::int8::int AS element, format_type(oid, NULL) AS output,
      typreceive <> 0 AS binary FROM pg_type WHERE oid < 10000`)
  types = rows
})

afterAll(async () => database[Symbol.asyncDispose]())

test('a type that is known by its OID is what the server has under that OID', () => {
  let known = 0
  for (const { oid, name, kind, element } of types) {
    const type = builtinType(oid, 7)
    if (!type) continue
    known++
    expect(type).toMatchObject({ oid, name, modifier: 7 })
    if (type.kind === 'a') expect(type.element).toMatchObject({ oid: element, modifier: 7 })
    else expect(type.kind).toBe(name === 'record' ? 'c' : kind === 'p' ? 'b' : kind)
  }
  expect(known).toBeGreaterThan(150)
})

/** What PostgreSQL keeps to itself or has no input for. */
const unreadable = /^_?(?:pg_(?!lsn|snapshot).*|gtsvector|aclitem)$/

test('every type of PostgreSQL with fixed OID, and its array, has a redacted value that the server takes in both formats', async () => {
  let checked = 0
  for (const { oid, name, kind, output, binary } of types) {
    if (kind === 'p' || kind === 'c' || unreadable.test(name)) continue
    const type = builtinType(oid, -1)
    expect(type, name).toBeDefined()
    for (const format of [0, 1] as const) {
      if (format === 1 && !binary) continue
      const mask = redacted(type!, format, key, 'public.t.v')
      expect(mask.kind, name).toBe('fixed')
      const value = mask.kind === 'fixed' ? mask.value : null
      expect(value, name).not.toBeNull()
      const { rows } = await client.query<{ same: boolean }>(`SELECT $1::${output} IS NOT NULL AS same`, [
        format === 0 ? value!.toString() : value,
      ])
      expect(rows[0]!.same, name).toBe(true)
      checked++
    }
  }
  expect(checked).toBeGreaterThan(250)
}, 60_000)

test('an OID that is not fixed has no type, and a record no value', () => {
  expect(builtinType(16_384, -1)).toBeUndefined()
  expect(builtinType(0, -1)).toBeUndefined()
  expect(redacted(builtinType(2249, -1)!, 0, key, 'v')).toEqual({ kind: 'fixed', value: null })
})
