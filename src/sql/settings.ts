import type { Unproven } from './facts.js'
import { as, integer, isFields, list, text, walk, words, type Fields } from './tree.js'

/** Whether the name of an encoding means UTF-8: PostgreSQL looks at its letters and digits only. */
export const meansUtf8 = (name: string): boolean =>
  ['utf8', 'unicode'].includes(name.replace(/[^a-z0-9]/gi, '').toLowerCase())

/** Whether the server takes a word for true: any beginning of `true` or `yes`, and more than one letter of `on`. */
const isTrue = (value: string): boolean => /^\s*(on|t(r(ue?)?)?|y(es?)?|1)\s*$/i.test(value)

/** Whether it takes it for false: likewise, of `false`, `no` and `off`. */
const isFalse = (value: string): boolean => /^\s*(off?|f(a(l(se?)?)?)?|no?|0)\s*$/i.test(value)

/** Settings that change what a text means to the server, and the only values under which the parser here agrees. */
const pinned: Readonly<Record<string, (value: string) => boolean>> = {
  standard_conforming_strings: isTrue,
  // `x = NULL` would ask which values are missing.
  transform_null_equals: isFalse,
  // Other encodings have characters whose second byte is a quote or a backslash.
  client_encoding: meansUtf8,
}

/** These load code into the server or turn off its own protection. */
const forbidden: ReadonlySet<string> = new Set([
  ...['local_preload_libraries', 'session_preload_libraries', 'allow_in_place_tablespaces', 'allow_system_table_mods'],
  'dynamic_library_path',
])

export const constant = (node: unknown): string | undefined => {
  const fields = as(node, 'A_Const')
  if (!fields) return undefined
  const { sval, boolval, ival } = fields
  if (isFields(sval)) return text(sval['sval']) ?? ''
  if (isFields(boolval)) return boolval['boolval'] === true ? 'on' : 'off'
  return ival === undefined ? undefined : String(integer(ival) ?? '')
}

const refusal = (name: string, why: string): Unproven => ({ subject: name, why, code: 'SETTING_PINNED' })

const check = (name: string, value: string | undefined): Unproven | undefined => {
  const wanted = pinned[name]
  if (forbidden.has(name)) return refusal(name, `the setting ${name} may not be changed in a session`)
  if (!wanted || (value !== undefined && wanted(value))) return undefined
  return refusal(name, `the setting ${name} changes how SQL is read, so it stays as it is`)
}

const ofStatement = (fields: Fields): Unproven | undefined => {
  const name = text(fields['name'])?.toLowerCase()
  // A reset goes back to what the session began with, which is checked when it begins.
  if (name === undefined || fields['kind'] !== 'VAR_SET_VALUE') return undefined
  return check(name, constant(list(fields['args'])[0]))
}

/** pg_dump sets `restrict_nonsystem_relation_kind` where the server has it. No setting above takes such a value. */
const relationKinds = /^(?:view|foreign-table)(?:, (?:view|foreign-table))*$/

const ofCall = (fields: Fields): Unproven | undefined => {
  if (words(fields['funcname']).at(-1) !== 'set_config') return undefined
  const [name, value] = list(fields['args']).map(constant)
  if (name === undefined && value !== undefined && relationKinds.test(value)) return undefined
  if (name === undefined) return refusal('set_config', 'which setting is changed has to be written as a constant')
  return check(name.toLowerCase(), value)
}

/** The first change, anywhere in the statement, of a setting that has to stay. */
export const pinnedSetting = (node: unknown): Unproven | undefined => {
  let found: Unproven | undefined
  walk(node, (fields) => {
    const set =
      typeof fields['kind'] === 'string' && fields['kind'].startsWith('VAR_') ? ofStatement(fields) : undefined
    found ??= set ?? (fields['funcname'] === undefined ? undefined : ofCall(fields))
  })
  return found
}
