import { parse } from '../../../../sql/parser.js'

const mentioned = /application_name/i

/** A name has 63 bytes: what is much longer is no statement that people or drivers write. Characters. */
const LONGEST = 8192

/** A string as PostgreSQL reads it whatever `standard_conforming_strings` is. */
const literal = (value: string): string => `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/**
 * What goes to the server for a text that sets `application_name` to a constant of its own, and nothing else: the same, with
 * whose session it is in front of it. Drivers and pools name their connections so (JDBC's `setClientInfo`).
 * @param named of what the client has set
 * @returns undefined where the text is something else, or has that name already
 */
export const withName = (text: string, named: (own: string) => string): string | undefined => {
  if (text.length > LONGEST || !mentioned.test(text)) return undefined
  const parsed = parse(text)
  const [only, more] = parsed.ok ? parsed.statements : []
  if (!only || more || !('VariableSetStmt' in only.node)) return undefined
  const { kind, name, args = [], is_local: local } = only.node.VariableSetStmt
  if (kind !== 'VAR_SET_VALUE' || name?.toLowerCase() !== 'application_name' || args.length !== 1) return undefined
  const [constant] = args
  if (!constant || !('A_Const' in constant)) return undefined
  const { sval, isnull } = constant.A_Const
  if (!sval || isnull) return undefined
  const own = sval.sval ?? ''
  const whole = named(own)
  return whole === own ? undefined : `SET ${local ? 'LOCAL ' : ''}application_name TO ${literal(whole)}`
}
