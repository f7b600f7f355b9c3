import type { Approval } from '../../lib/api/approvals.js'
import { HoopError } from '../../lib/errors.js'
import type { GatewayClient } from './client.js'

/**
 * A request for access by its id: one of a statement is none, so that nobody decides on what they don't mean.
 * @throws {HoopError} NOT_FOUND
 */
export async function accessCalled(client: Pick<GatewayClient, 'get'>, id: string): Promise<Approval> {
  const one = await client.get<Approval>(`/v1/approvals/${encodeURIComponent(id)}`)
  if (one.access) return one
  throw new HoopError('NOT_FOUND', `request for access ${id}`, {
    hint: `It is one of a statement: hoop approvals show ${id}`,
  })
}
