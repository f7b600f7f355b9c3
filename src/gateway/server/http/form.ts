import { HoopError } from '../../../lib/errors.js'
import type { App } from './instance.js'

/** Fields of one form; more are a mistake or an attempt. */
const most = 50

/**
 * Reads bodies of HTML forms, and no others, in the scope that it is given.
 * @throws {HoopError} REQUEST_INVALID where a field comes twice: two readers could each take another one
 * @see WHATWG URL, "application/x-www-form-urlencoded"
 */
export const readForms = (app: App): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer): Promise<Record<string, string>> => {
      const fields = [...new URLSearchParams(body.toString())]
      const form = Object.assign(Object.create(null) as object, Object.fromEntries(fields)) as Record<string, string>
      if (fields.length > most || Object.keys(form).length !== fields.length)
        throw new HoopError('REQUEST_INVALID', 'a field of the form comes twice')
      return form
    },
  )
}
