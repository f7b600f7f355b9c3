import { constant } from '../settings.js'
import { list, text, type Fields } from '../tree.js'

/** What a session may do by a setting in place of a statement. */
const meaning: Readonly<Record<string, string>> = {
  role: 'set role',
  session_authorization: 'set session authorization',
  // Triggers, rules and foreign keys then don't fire.
  session_replication_role: 'disable trigger',
}

/** Every kind that a change of some setting or other can be. */
export const anySetting: readonly string[] = Object.values(meaning)

/** Values with which triggers fire as ever. */
const harmless: ReadonlySet<string | undefined> = new Set(['origin', 'local'])

const ofSetting = (name: string, value: string | undefined): readonly string[] => {
  const kind = Object.hasOwn(meaning, name) ? meaning[name] : undefined
  return kind === undefined || (kind === 'disable trigger' && harmless.has(value?.toLowerCase())) ? [] : [kind]
}

/** SET, SET LOCAL, and the SET of a function or role. A reset goes back to what the session began with. */
export const setStatement = ({ kind, name, args }: Fields): readonly string[] => {
  const setting = text(name)?.toLowerCase()
  if (setting === undefined || (kind !== 'VAR_SET_VALUE' && kind !== 'VAR_SET_CURRENT')) return []
  return ofSetting(setting, constant(list(args)[0]))
}

/** pg_dump sets `restrict_nonsystem_relation_kind` to this where the server has it. No role is called so by accident. */
const relationKinds = 'view, foreign-table'

/** `set_config(name, value, is_local)`: a name that is computed may be any. */
export const setCall = (args: unknown): readonly string[] => {
  const [name, value] = list(args).map(constant)
  if (name === undefined) return value === relationKinds ? [] : anySetting
  return ofSetting(name.toLowerCase(), value)
}
