import type { ErrorFields } from '../../wire/error-fields.js'

/** The server's own refusal of a connection; its fields are for the client. */
export class UpstreamRefusal extends Error {
  readonly fields: ErrorFields

  constructor(fields: ErrorFields) {
    super(fields['M'] ?? 'refused')
    this.fields = fields
  }
}
