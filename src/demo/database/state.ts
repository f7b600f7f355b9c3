import type { PGlite } from '@electric-sql/pglite'
import { sync } from './frames.js'

interface PreparedName {
  readonly name: string
  readonly statement: string
  readonly by_sql: boolean
}

/** What a session has set and prepared, while another one has the backend. */
export interface SessionState {
  readonly settings: Readonly<Record<string, string>>
  readonly prepared: readonly PreparedName[]
}

/** What the one backend holds for a session, and why it can’t be taken out of it, where it can’t. */
interface Held {
  readonly state: SessionState
  readonly why: string | undefined
}

const read = `
  SELECT
    (SELECT coalesce(json_object_agg(name, setting), '{}') FROM pg_catalog.pg_settings
     WHERE source = 'session' AND name NOT LIKE 'transaction\\_%') AS settings,
    (SELECT coalesce(json_agg(json_build_object('name', name, 'statement', statement, 'by_sql', from_sql)), '[]')
     FROM pg_catalog.pg_prepared_statements WHERE name <> '') AS prepared,
    pg_catalog.current_setting('role') AS role,
    CASE
      WHEN EXISTS (SELECT FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema())
        THEN 'has temporary tables'
      WHEN EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) THEN 'has a cursor open'
      WHEN EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory') THEN 'has an advisory lock'
      WHEN EXISTS (SELECT FROM pg_catalog.pg_listening_channels()) THEN 'listens'
    END AS why`

/** Reads what the session at hand has. No transaction is open. */
export const heldIn = async (database: PGlite): Promise<Held> => {
  const { rows } = await database.query<{
    settings: Record<string, string>
    prepared: PreparedName[]
    role: string
    why: string | null
  }>(read)
  const { settings, prepared, role, why } = rows[0]!
  return { state: { settings: { ...settings, role }, prepared }, why: why ?? undefined }
}

/**
 * Gives the backend what a session had, in place of what it has. What it can't have any more it goes without: its table was dropped
 * meanwhile.
 * @param parsed the session's messages by which the protocol has prepared what, by name; the unnamed one is `''`
 */
export const putBack = async (
  database: PGlite,
  { settings, prepared }: SessionState,
  parsed: ReadonlyMap<string, Buffer>,
): Promise<void> => {
  await database.exec('RESET ROLE; RESET ALL; DEALLOCATE ALL')
  const { role = 'none', ...others } = settings
  for (const [name, value] of [...Object.entries(others), ['role', role] as const])
    await database.query('SELECT pg_catalog.set_config($1, $2, false)', [name, value]).catch(() => undefined)
  for (const { statement } of prepared.filter(({ by_sql }) => by_sql))
    await database.exec(statement).catch(() => undefined)
  const named = new Set(prepared.map(({ name }) => name))
  for (const [name, message] of parsed)
    if (name === '' || named.has(name)) await database.execProtocolRaw(Buffer.concat([message, sync]))
}
