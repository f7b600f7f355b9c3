import type { SessionSummary } from '../../lib/api.js'
import type { Guard } from '../../policy/decision.js'
import type { StartEvent } from '../../recording/events.js'
import type { SessionOptions } from './options.js'
import type { SessionRequest } from './request.js'
import type { Upstream } from '../upstream/connect.js'

/** How a session begins in its recording. */
export const startOf = (
  { services, grant, runtime, address }: SessionOptions,
  request: SessionRequest,
  id: string,
  startedAt: Date,
  upstream: Upstream,
): StartEvent => ({
  type: 'start',
  at: 0,
  time: startedAt.toISOString(),
  session: id,
  subject: grant.principal.subject,
  name: grant.principal.name,
  ...ownerOf(grant),
  groups: grant.principal.groups,
  connection: runtime.name,
  database: request.database,
  grant: grant.id,
  proof: {
    issuer: grant.principal.issuer,
    jkt: grant.principal.jkt,
    ...(grant.principal.workload && { workload: grant.principal.workload }),
  },
  ...(grant.reason ? { reason: grant.reason } : {}),
  ...(grant.breakGlass ? { breakGlass: true } : {}),
  client: {
    ...(address ? { address: address } : {}),
    ...(request.application ? { application: request.application } : {}),
    ...(request.user ? { user: request.user } : {}),
    protocol: `3.${request.minor}`,
  },
  policy: runtime.policy,
  gateway: { version: services.version },
  server: serverOf(upstream, runtime.role),
})

/** How it begins in the index. */
export const summaryOf = (
  { runtime, grant, address }: SessionOptions,
  request: SessionRequest,
  id: string,
  startedAt: Date,
  guard: Guard | undefined,
): SessionSummary => ({
  id,
  subject: grant.principal.subject,
  name: grant.principal.name,
  ...ownerOf(grant),
  connection: runtime.name,
  grantId: grant.id,
  ...(request.application ? { clientApplication: request.application } : {}),
  ...(address ? { clientAddress: address } : {}),
  startedAt: startedAt.toISOString(),
  counters: { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 },
  policyHash: runtime.policy.hash,
  seenClear: guard?.clear ?? false,
})

const ownerOf = ({ principal: { owner } }: Pick<SessionOptions['grant'], 'principal'>) =>
  owner && { owner: { subject: owner.subject, name: owner.name } }

const serverOf = (upstream: Upstream, role: string | undefined): StartEvent['server'] => {
  const version = upstream.parameters.get('server_version')
  const { user } = upstream.at
  const pid = upstream.key ? { pid: upstream.key.pid } : {}
  return { ...(version ? { version } : {}), ...pid, user, ...(role !== undefined && { role }) }
}
