import { HoopError } from '../../lib/errors.js'
import type { ErrorFields } from '../../wire/error-fields.js'

/** The server's own refusal of a connection; its fields are for the client. */
export class UpstreamRefusal extends Error {
  readonly fields: ErrorFields

  constructor(fields: ErrorFields) {
    super(fields['M'] ?? 'refused')
    this.fields = fields
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The name as servers write it: "app", »app«, « app », and with poolers behind a word for what it is. */
const named = (user: string): RegExp =>
  new RegExp(`\\s*["„“«»‹›「『]\\s?${escaped(user)}\\s?["“”«»‹›」』]|(?<=\\b(?:user|role)):? ${escaped(user)}\\b`, 'gi')

const without = (fields: ErrorFields, user: string): ErrorFields =>
  Object.fromEntries(
    Object.entries(fields).map(([code, text]) => [code, text?.replaceAll(named(user), ' of the gateway')]),
  )

const textOf = ({ M = '', D = '', H = '' }: ErrorFields): string => [M, D, H].join('\n')

/** Whether it is about how the gateway logs in, or who it is there. */
const isAboutLogin = (fields: ErrorFields, user: string): boolean => {
  const text = textOf(fields)
  return /password|authenticat|\blog ?in\b/i.test(text) || named(user).test(text)
}

/**
 * Why a login failed. Class 28 is about the gateway's credential, which is nothing for the client's eyes; poolers say the
 * same in class 08, where there are things for the client as well.
 */
export const refusalBy = (fields: ErrorFields, user: string): Error => {
  const { C: sqlstate = '' } = fields
  const isOperators = sqlstate.startsWith('28') || (sqlstate.startsWith('08') && isAboutLogin(fields, user))
  if (isOperators)
    return new HoopError('UPSTREAM_LOGIN', `SQLSTATE ${sqlstate}`, { cause: new UpstreamRefusal(fields) })
  return new UpstreamRefusal(without(fields, user))
}

/** What a notice during the login has for the operator and not for the client; undefined where it is for the client. */
export const concernIn = (fields: ErrorFields, user: string): string | undefined =>
  isAboutLogin(fields, user) ? textOf(fields).trim().replaceAll(/\n+/g, ' ') : undefined
