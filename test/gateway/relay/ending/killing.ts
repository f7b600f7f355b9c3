import type { Client } from 'pg'
import { HoopError } from '../../../../src/lib/errors.js'
import type { RelayServer } from '../relay-server.js'

export const by = { subject: 'olu', name: 'olu@example.com' }
const everybody = (): boolean => true

/** Ends all sessions as an admin does. */
export const kill = (server: RelayServer) =>
  server.registry.end(everybody, { error: new HoopError('SESSION_KILLED', 'laptop stolen'), end: 'killed', by })

/** What the client gets last. */
export const fatal = { S: 'FATAL', C: '57P01', M: 'hoop: the session was ended: laptop stolen' }
/** How the recording ends. */
export const end = { type: 'end', end: 'killed', reason: 'the session was ended: laptop stolen', by }

/** Resolves when so many backends run a statement with that text. */
export const running = async (admin: Client, mark: string, count = 1): Promise<void> => {
  for (;;) {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND strpos(query, $1) > 0`,
      [mark],
    )
    if (rowCount === count) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Resolves when the database has no backend of a session left: whatever they were to do they have done. */
export const alone = async (admin: Client): Promise<void> => {
  for (;;) {
    const { rowCount } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE application_name LIKE 'hoop:%' AND datname = current_database()`,
    )
    if (rowCount === 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
