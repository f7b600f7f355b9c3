import type { Grant } from '../../identity/types.js'
import { accountOf } from '../../identity/account.js'
import { HoopError } from '../../lib/errors.js'
import type { Asker } from '../../policy/decision.js'
import { EveryRule } from '../approvals/every-rule.js'
import { SessionGate } from '../approvals/gate.js'
import { exhaustionAlert } from '../budgets/alerts.js'
import { Meter } from '../budgets/meter.js'
import { noVectors } from '../budgets/vectors.js'
import type { Metering } from '../relay/rows/sinks.js'
import type { Gate } from '../relay/machine/suspension/suspension.js'
import type { ConnectionRuntime } from './services.js'
import type { SessionOptions } from './options.js'
import type { SessionRequest } from './request.js'
import type { UpstreamTarget } from '../upstream/target.js'
import { optionsOf } from '../upstream/options.js'

/** What counts against the budgets; undefined where there are none. */
export const meteringOf = async (
  { services, runtime, grant }: SessionOptions,
  upstream: UpstreamTarget,
  database: string,
  session: string,
): Promise<Metering | undefined> => {
  if (!runtime.budgets && !runtime.questions) return undefined
  const { subject, owner } = grant.principal
  const whose = owner && { owner: owner.subject }
  const alert = exhaustionAlert(services, { person: subject, ...whose, connection: runtime.name, session })
  const person = services.usage.person(accountOf(grant.principal))
  const meter = new Meter(runtime.budgets ?? {}, person, alert, runtime.name, runtime.questions)
  return { meter, vectorTypes: meter.countsVectors ? await runtime.vectorTypes(upstream, database) : noVectors }
}

/** Who asks, for rules. */
export const askerOf = (
  { principal }: Grant,
  { program }: ConnectionRuntime,
  { application }: SessionRequest,
): Asker => ({
  subject: principal.subject,
  groups: principal.groups,
  program,
  ...(application ? { application } : {}),
  get now() {
    return new Date()
  },
})

/** Who asks for approvals on the session's behalf. */
export const gateOf = (
  { services, runtime, grant, retry }: SessionOptions,
  { database }: SessionRequest,
  { user }: UpstreamTarget,
  session: string,
): Gate =>
  new EveryRule(
    new SessionGate({
      approvals: services.approvals,
      webhooks: services.webhooks,
      ...{ session, database, retry, connection: runtime.name, policyHash: runtime.policy.hash, reason: grant.reason },
      user,
      ...(runtime.role !== undefined && { role: runtime.role }),
      subject: grant.principal.subject,
      name: grant.principal.name,
      ...(grant.principal.owner && { owner: grant.principal.owner.subject }),
      breakGlass: grant.breakGlass === true && runtime.breakGlass,
      stillInForce: async () => {
        const { policy } = await services.runtime(grant)
        if (policy.hash !== runtime.policy.hash)
          throw new HoopError('APPROVAL_WITHDRAWN', 'the policy has changed since it was asked for', {
            hint: 'Connect again, and run it again.',
          })
      },
    }),
  )

/** PostgreSQL keeps so many bytes of application_name, and turns what isn't printable ASCII into question marks. */
const NAME_LENGTH = 63

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?')

/**
 * Whose session it is comes first, and whole but for a long subject; of the client's own name as much as there is room for.
 * A name that has it already, as one that was read before, is left as it is.
 */
export const applicationName = (subject: string, id: string, own = ''): string => {
  const person = printable(subject).slice(0, NAME_LENGTH - 'hoop:/'.length - id.length)
  const whose = `hoop:${person}/${id}`
  const name = printable(own)
  return (name === whose || name.startsWith(`${whose} `) ? name : `${whose} ${name}`).slice(0, NAME_LENGTH).trimEnd()
}

export const upstreamParameters = (
  { user }: UpstreamTarget,
  request: SessionRequest,
  grant: Grant,
  id: string,
  role?: string,
): ReadonlyMap<string, string> => {
  // The last one counts; a role that the client asks for is refused before this.
  const options = new Map([...request.asked, ...(role === undefined ? [] : [['role', role] as const])])
  return new Map([
    ['user', user],
    ['database', request.database],
    ...request.settings,
    ...(options.size > 0 ? [['options', optionsOf(options)] as const] : []),
    ['application_name', applicationName(grant.principal.subject, id, request.application)],
  ])
}
