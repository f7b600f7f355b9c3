import { HoopError } from '../../../lib/errors.js'
import type { App } from './instance.js'

/** Fields of one form; more are a mistake or an attempt. */
const most = 50

/** Whether a body has more fields than any form, found out before any is made: thousands take tens of milliseconds. */
const hasTooMany = (encoded: string): boolean => {
  let found = 1
  for (let at = encoded.indexOf('&'); at >= 0; at = encoded.indexOf('&', at + 1)) if (++found > most) return true
  return false
}

/**
 * The fields of a form.
 * @throws {HoopError} REQUEST_INVALID of too many, or where one comes twice: two readers could each take another one
 * @see WHATWG URL, "application/x-www-form-urlencoded"; RFC 6749, section 3.2
 */
export const fieldsOf = (encoded: string): Record<string, string> => {
  if (hasTooMany(encoded)) throw new HoopError('REQUEST_INVALID', `a form has at most ${most} fields`)
  const fields = [...new URLSearchParams(encoded)]
  const form = Object.assign(Object.create(null) as object, Object.fromEntries(fields)) as Record<string, string>
  if (Object.keys(form).length !== fields.length)
    throw new HoopError('REQUEST_INVALID', 'a field of the form comes twice')
  return form
}

/**
 * Reads bodies of HTML forms, and no others, in the scope that it is given.
 * @param bodyLimit bytes; what every request may have unless given
 */
export const readForms = (app: App, bodyLimit?: number): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', ...(bodyLimit !== undefined && { bodyLimit }) },
    async (_request: unknown, body: string | Buffer) => fieldsOf(body.toString()),
  )
}
