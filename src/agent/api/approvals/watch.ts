import type { Approval } from '../../../lib/api/approvals.js'
import { HoopError } from '../../../lib/errors.js'
import { type ApprovalChange, ApprovalChanges } from './changes.js'
import type { GatewayClient } from '../client.js'
import { Pauses } from '../reach/pauses.js'

/** One look: what waits, oldest first, and what happened since the look before. */
export interface ApprovalLook {
  readonly open: readonly Approval[]
  readonly changes: readonly ApprovalChange[]
  /** Why nothing was seen this time, where it is worth to look again. */
  readonly problem?: string
}

/** Seconds that the gateway keeps a question open. */
const wait = '20'

/** The gateway or the network may be back soon; any other error stays. */
const passes = ({ exit, code }: HoopError): boolean =>
  code === 'GATEWAY_UNREACHABLE' || exit === 75 || code === 'IDP_UNREACHABLE'

/**
 * Follows the requests that one may see. A gateway that stops is waited for.
 * @throws {HoopError} what asking again will not mend: NOT_LOGGED_IN, TOKEN_EXPIRED, GATEWAY_UNTRUSTED …
 */
export async function* watchApprovals(
  client: Pick<GatewayClient, 'get'>,
  filter: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ApprovalLook> {
  const changes = new ApprovalChanges()
  const list = (more: Record<string, string>) =>
    client.get<{ approvals: Approval[]; version: string }>(
      `/v1/approvals?${new URLSearchParams({ ...filter, ...more }).toString()}`,
    )
  let version: string | undefined
  const pauses = new Pauses()
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const recent = await list({ limit: '200' })
        const { approvals } = await list({ limit: '500', state: 'open' })
        yield { changes: changes.begin(union(recent.approvals, approvals)), open: changes.open }
        version = recent.version
      } else {
        const recent: { approvals: Approval[]; version: string } = await list({ limit: '200', version, wait })
        const gone = changes.missing(recent.approvals)
        const found = await Promise.all(gone.map((id) => client.get<Approval>(`/v1/approvals/${id}`)))
        yield { changes: changes.next([...recent.approvals, ...found]), open: changes.open }
        version = recent.version
      }
      pauses.over()
    } catch (error) {
      if (signal.aborted || !(error instanceof HoopError) || !passes(error)) throw error
      yield { changes: [], open: changes.open, problem: error.message }
      await pauses.next(signal)
    }
  }
}

const union = (some: readonly Approval[], others: readonly Approval[]): Approval[] => [
  ...new Map([...some, ...others].map((one) => [one.id, one])).values(),
]
