import type { HoopError } from '../../lib/errors.js'
import { errorResponse } from '../../wire/error-fields.js'

/** An error as PostgreSQL would end a connection with it (FATAL), so that `psql` shows reason and hint. */
export const refusal = (error: HoopError): Buffer =>
  errorResponse({
    S: 'FATAL',
    V: 'FATAL',
    C: error.sqlstate,
    M: `hoop: ${error.message}`,
    ...(error.detail !== undefined && { D: error.detail }),
    ...(error.hint && { H: error.hint }),
  })
