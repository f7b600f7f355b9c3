import { type DirectLogin, placeOf, readDirectLogins } from '../../gateway/upstream/direct-logins.js'
import { targetOf } from '../../gateway/upstream/target.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { EntryLogin } from '../../policy/config/sections/entry-login.js'
import { withLogin } from '../../gateway/upstream/login/logins.js'
import { type CheckResult, step } from './step.js'

const line = (login: DirectLogin): string =>
  `${login.user} from ${placeOf(login)}, pid ${login.pid}, since ${login.since.toISOString()}, in ${login.database}` +
  (login.application === '' ? '' : `, calls itself ${login.application}`)

const hint =
  'Change the password of the role, and let pg_hba.conf take it from the gateway’s address only. Other gateways of yours stand under gateway.addresses.'

/** Who is logged in with the gateway's own user from another address than this machine's, as the server sees it. */
export const checkDirectLogins = (
  loaded: LoadedConfig,
  connection: string,
  database: string,
  login?: EntryLogin,
): Promise<CheckResult> =>
  step(`other logins ${withLogin(connection, login)}`, async () => {
    const target = targetOf(loaded, connection, login)
    const { own, count, logins } = await readDirectLogins(target, database, loaded.config.gateway.addresses)
    const more = count > logins.length ? [`and ${count - logins.length} more`] : []
    if (logins.length > 0) return { warning: [...logins.map(line), ...more].join('\n'), hint }
    return `${target.user} is logged in from ${own ?? 'a Unix socket'} only`
  })
