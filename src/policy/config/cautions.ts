import type { Finding } from './cross-checks.js'
import type { Config, PolicyConfig } from './schema.js'

const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/

/** Metrics name connections and rules, to whoever reaches them, and without encryption. */
const openMetrics = function* ({ gateway }: Config): Generator<Finding> {
  const host = gateway.metrics?.listen.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  if (host !== undefined && !loopback.test(host))
    yield {
      path: ['gateway', 'metrics', 'listen'],
      what: 'whoever reaches this address reads the names of connections and rules, without a login; let only Prometheus reach it',
    }
}

/** Distances tell of a vector, the more the more are asked for. */
const unboundedVectors = function* (name: string, { masks, vectors, predicates }: PolicyConfig): Generator<Finding> {
  for (const [index, { distances }] of masks.entries()) {
    if (distances !== 'compare' && distances !== 'show') continue
    const unbounded =
      vectors.queriesPerDay === undefined || (distances === 'compare' && predicates.guesses === undefined)
    if (unbounded)
      yield {
        path: ['policies', name, 'masks', index, 'distances'],
        what: `distances: ${distances} without a budget gives vectors away; vectors: { queries: 200/day } and predicates: { guesses: 1000/day } bound it`,
      }
  }
}

/** A trust that lets nobody in. */
const unusedWorkloads = function* ({ identity, connections }: Config): Generator<Finding> {
  const used = new Set(
    Object.values(connections).flatMap(({ access }) => access.flatMap(({ workloads = [] }) => workloads)),
  )
  for (const name of Object.keys(identity.workloads))
    if (!used.has(name))
      yield { path: ['identity', 'workloads', name], what: 'no connection names this trust under access' }
}

const storesOwn = function* ({ gateway: { store, ...gateway } }: Config): Generator<Finding> {
  if (store.kind === 'sqlite') {
    for (const key of ['store_password', 'store_certificate'] as const)
      if (gateway[key]) yield { path: ['gateway', key], what: 'the store is a file and asks for none' }
    return
  }
  const { host, sslmode } = store.url
  if (!loopback.test(host) && !host.startsWith('/') && !sslmode.startsWith('verify'))
    yield {
      path: ['gateway', 'store'],
      what: `sslmode=${sslmode} does not check who the database is; verify-full does`,
    }
}

/** What is allowed but probably not meant. */
export const cautions = function* (config: Config): Generator<Finding> {
  const used = new Set(Object.values(config.connections).flatMap(({ access }) => access.map(({ policy }) => policy)))
  for (const name of Object.keys(config.policies))
    if (!used.has(name)) yield { path: ['policies', name], what: 'no connection uses this policy' }
  yield* openMetrics(config)
  yield* storesOwn(config)
  yield* unusedWorkloads(config)
  for (const [name, policy] of Object.entries(config.policies)) {
    yield* unboundedVectors(name, policy)
    if (
      policy.masks.some(({ columns }) => columns.length > 0) &&
      policy.predicates.default !== 'deny' &&
      policy.predicates.guesses === undefined
    )
      yield {
        path: ['policies', name, 'predicates'],
        what: 'guesses at masked values are not bounded; predicates: { guesses: 100/day } bounds them',
      }
  }
  for (const [name, { access, url }] of Object.entries(config.connections)) {
    for (const [index, { login }] of access.entries())
      if (login?.user === url.user)
        yield {
          path: ['connections', name, 'access', index, 'login', 'user'],
          what: `${login.user} is the user of the url: to the server these people are who everybody else is`,
        }
    if (access.length === 0) yield { path: ['connections', name, 'access'], what: 'nobody may use this connection' }
    if (!loopback.test(url.host) && !url.sslmode.startsWith('verify'))
      yield {
        path: ['connections', name, 'url'],
        what: `sslmode=${url.sslmode} does not check who the database is; verify-full does`,
      }
  }
}
