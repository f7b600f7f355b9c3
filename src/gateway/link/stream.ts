import { asHoopError, type ErrorCode, type HoopError } from '../../lib/errors.js'
import { errorResponse } from '../../wire/error-fields.js'
import { accountOf } from '../../identity/account.js'
import type { RateLimits } from '../server/admission/rate-limits.js'
import { forClients } from '../../lib/readers.js'
import { fatalOf } from '../relay/refusal.js'
import type { SharedOptions } from '../session/options.js'
import { openSession } from '../session/opening.js'
import type { Arrival } from './arrival.js'
import { readPacket } from './first-packet.js'
import type { KeptStreams } from './kept.js'
import { lastWord } from './last-word.js'
import { UpstreamRefusal } from '../upstream/server-words.js'

/** What an operator has to see to. */
const ours: ReadonlySet<string> = new Set<ErrorCode>(['INTERNAL', 'STORE_FAILED', 'RECORDING_FAILED'])

/**
 * Serves somebody who asks for a stream: checks the grant and its proof, says yes and relays PostgreSQL's protocol, or says
 * no. Never throws.
 */
export const acceptStream = async (
  options: SharedOptions,
  { rates, kept }: { readonly rates: RateLimits; readonly kept: KeptStreams },
  arrival: Arrival,
): Promise<void> => {
  const { services, registry } = options
  const { address, retry, head, resumption } = arrival
  let connection = ''
  let refuse = (error: HoopError): void => arrival.refuse(error)
  let finish = (_last: Buffer): void => undefined
  try {
    rates.address('tunnels', address)
    const grant = await rates.login(address, () => services.authenticate(arrival.request))
    arrival.admit(grant)
    rates.person('tunnels', accountOf(grant.principal))
    const runtime = await services.runtime(grant)
    connection = runtime.name
    if (resumption) {
      arrival.resume(kept.take(resumption, grant))
      return services.log.info({ subject: grant.principal.subject, connection }, 'stream resumed')
    }
    const stream = arrival.accept(
      runtime.resume > 0 ? { time: runtime.resume, add: (lasting) => kept.add(lasting, grant) } : undefined,
    )
    finish = (last) => lastWord(stream, last)
    refuse = (error) => finish(fatalOf(error))
    const first = await readPacket(stream, head, services.limits.startup)
    if (!first) return finish(Buffer.alloc(0))
    const { packet, rest } = first
    if (packet.kind === 'cancel') {
      await registry.byKey(packet.pid, packet.secret, grant.principal.subject)?.cancel()
      return finish(Buffer.alloc(0))
    }
    await openSession({ ...options, grant, runtime, socket: stream, startup: packet, rest, address, retry })
    arrival.passed()
  } catch (error) {
    if (error instanceof UpstreamRefusal) {
      services.metrics.streamRefused(connection, 'SERVER')
      services.log.warn({ sqlstate: error.fields['C'], about: error.message }, 'the database refused a session')
      return finish(errorResponse(error.fields))
    }
    const known = asHoopError(error)
    const { code, about } = known
    services.metrics.streamRefused(connection, code)
    if (ours.has(code)) services.log.error({ code, about, err: error }, 'stream refused')
    else services.log.info({ code, about }, 'stream refused')
    refuse(forClients(known))
  }
}
