import type { Whole } from '../whole.js'

export interface LogoutsTable {
  kind: 'subject' | 'sid' | 'key'
  value: string
  subject: string | null
  at: Whole
}

export interface LogoutTokensTable {
  jti: string
  until: Whole
}
