import type { StoredRoutine } from '../effects/types.js'
import { constant } from '../settings.js'
import { parse } from '../parser.js'
import { storedBody } from '../parser/plpgsql.js'
import { as, isFields, list, walk, words, type Fields } from '../tree.js'

/** What a function's body names without a schema and looks up only when it runs; tables in its queries aside. */
export interface LateBody {
  /** Types, also those of rows. */
  readonly types: ReadonlySet<string>
  /** Tables by `%TYPE` and `%ROWTYPE`, sequences and others by the strings that name them. */
  readonly relations: ReadonlySet<string>
  readonly functions: ReadonlySet<string>
  /** A sequence is named by what is put together at run time. */
  readonly unknown: boolean
}

/** Functions whose first argument names a sequence. */
const counters: ReadonlySet<string> = new Set(['nextval', 'currval', 'setval'])

const word = /"((?:[^"]|"")*)"|([^\s."]+)/gu

/** The parts of a name as the server reads one from a string. */
const parts = (written: string): readonly string[] =>
  [...written.matchAll(word)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? (plain ?? '').toLowerCase())

class Body {
  readonly types = new Set<string>()
  readonly relations = new Set<string>()
  readonly functions = new Set<string>()
  unknown = false

  /** A name in a string: with a schema it means one thing. */
  string(written: string | undefined): void {
    if (written === undefined) this.unknown = true
    else {
      const [name, another] = parts(written)
      if (name !== undefined && another === undefined) this.relations.add(name)
    }
  }

  /** What PL/pgSQL declares, as it is written, or as libpg_query puts it together for a row. */
  declared(type: string): void {
    const [, of, which] = /^([^%]*)%\s*(type|rowtype)/iu.exec(type) ?? []
    if (of !== undefined && which !== undefined) {
      // `variable%TYPE` is no table, and a table with a column has two parts.
      const names = [...of.matchAll(word)].map(([, quoted, plain]) => quoted ?? plain ?? '')
      const [name] = names
      if (name !== undefined && names.length === (which.toLowerCase() === 'type' ? 2 : 1))
        for (const each of [name, name.toLowerCase()]) this.relations.add(each)
      return
    }
    const parsed = parse(`SELECT NULL::${type}`)
    if (parsed.ok) for (const { node } of parsed.statements) this.tree(node)
  }

  tree(node: unknown): void {
    walk(node, (fields) => {
      if (fields['typemod'] !== undefined) this.#type(fields)
      const call = words(fields['funcname'])
      if (call.length === 1) this.functions.add(call[0] ?? '')
      if (counters.has(call.at(-1) ?? '')) this.string(constant(unwrapped(list(fields['args'])[0])))
      else if (call.at(-1) === 'to_regclass') this.#perhaps(list(fields['args'])[0])
      const cast = as(fields, 'TypeCast')
      const target = isFields(cast?.['typeName']) ? words(cast['typeName']['names']).at(-1) : undefined
      if (target === 'regclass') this.#perhaps(cast?.['arg'])
      if (target === 'regtype') this.#typeNamed(cast?.['arg'])
    })
  }

  #type(fields: Fields): void {
    const names = words(fields['names'])
    if (fields['pct_type'] === true) {
      if (names.length === 2) this.relations.add(names[0] ?? '')
    } else if (names.length === 1) {
      const [name = ''] = names
      this.types.add(name)
      // The type of an array has its element's name behind a line.
      if (name.startsWith('_')) this.types.add(name.slice(1))
    }
  }

  #perhaps(argument: unknown): void {
    const name = constant(unwrapped(argument))
    if (name !== undefined) this.string(name)
  }

  #typeNamed(argument: unknown): void {
    const name = constant(unwrapped(argument))
    if (name !== undefined) this.declared(name)
  }
}

/** Without the casts around it. */
const unwrapped = (node: unknown): unknown => {
  const cast = as(node, 'TypeCast')
  return cast ? unwrapped(cast['arg']) : node
}

const known = new WeakMap<StoredRoutine, LateBody>()

/** Reads it off the body's text; of BEGIN ATOMIC all names were settled when it was made. */
export const lateBody = (routine: StoredRoutine): LateBody => {
  const found = known.get(routine)
  if (found) return found
  const body = new Body()
  const { definition } = routine
  const parsed = definition === undefined ? undefined : parse(definition)
  const created = parsed?.ok ? as(parsed.statements[0]?.node, 'CreateFunctionStmt') : undefined
  if (created && definition !== undefined) {
    const { statements, types = [] } = storedBody(definition, created)
    for (const type of types) body.declared(type)
    for (const { sql } of statements) {
      const inner = parse(sql)
      if (inner.ok) for (const { node } of inner.statements) body.tree(node)
    }
  }
  known.set(routine, body)
  return body
}
