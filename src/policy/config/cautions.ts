import type { Finding } from './cross-checks.js'
import type { Config } from './schema.js'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

/** What is allowed but probably not meant. */
export const cautions = function* (config: Config): Generator<Finding> {
  const used = new Set(Object.values(config.connections).flatMap(({ access }) => access.map(({ policy }) => policy)))
  for (const name of Object.keys(config.policies))
    if (!used.has(name)) yield { path: ['policies', name], what: 'no connection uses this policy' }
  for (const [name, { access, url }] of Object.entries(config.connections)) {
    if (access.length === 0) yield { path: ['connections', name, 'access'], what: 'nobody may use this connection' }
    if (!loopback.test(url.host) && !url.sslmode.startsWith('verify'))
      yield {
        path: ['connections', name, 'url'],
        what: `sslmode=${url.sslmode} does not check who the database is; verify-full does`,
      }
  }
}
