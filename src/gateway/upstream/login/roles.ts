import { HoopError } from '../../../lib/errors.js'
import type { LoadedConfig } from '../../../policy/config/load.js'
import { openOwnClient } from '../own-client.js'
import type { UpstreamTarget } from '../target.js'

/** The roles as which sessions of a connection go on. */
export const rolesOf = ({ config }: LoadedConfig, connection: string): string[] => {
  const role = config.connections[connection]?.role
  return role ? [...new Set([role.default, ...Object.values(role.groups)])] : []
}

/** Each of them has to lead back to the role. Servers from before CVE-2024-10978 was fixed fall back to the login. */
const ways = ['RESET ROLE', 'RESET ALL', 'RESET SESSION AUTHORIZATION', 'DISCARD ALL']

/**
 * Tries a role as a session would get it, and whether a session can leave it by what it may say.
 * @throws {HoopError} ROLE_UNUSABLE where the role isn't there, may not be assumed, or doesn't stay; UPSTREAM_*
 */
export const tryRole = async (target: UpstreamTarget, database: string, role: string): Promise<void> => {
  const client = await openOwnClient(target, database, role).catch((error: unknown) => {
    const { code: sqlstate } = ((error as Error).cause ?? {}) as { code?: string }
    // 22023: there is no such role, or the login may not become it (42501 in some versions).
    if (sqlstate !== '22023' && sqlstate !== '42501') throw error
    const why = `the login ${target.user} can not become ${role} in ${database} (${(error as Error).message})`
    throw new HoopError('ROLE_UNUSABLE', why, { cause: error })
  })
  try {
    for (const way of ['', ...ways]) {
      if (way !== '') await client.query(way)
      const { rows } = await client.query<{ name: string }>('SELECT current_user AS name')
      if (rows[0]?.name !== role)
        throw new HoopError(
          'ROLE_UNUSABLE',
          `behind ${way || 'the login'} a session is ${rows[0]?.name} and not ${role} in ${database}`,
          {
            hint: 'Update the server: 17.2, 16.6, 15.10, 14.15 and later return to the role. Behind a pooler it can’t be held.',
          },
        )
    }
  } finally {
    await client.end().catch(() => undefined)
  }
}
