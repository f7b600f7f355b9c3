import { HoopError } from '../../lib/errors.js'
import type { Request } from './requests.js'

/**
 * The head of the queue, if it is a request of that kind: anything else is an answer out of place.
 * @throws {HoopError} PROTOCOL_DESYNC
 */
export const expect = <K extends Request['kind']>(
  head: Request | undefined,
  kind: K,
): Extract<Request, { kind: K }> => {
  if (head?.kind !== kind)
    throw new HoopError('PROTOCOL_DESYNC', `an answer to ${kind}, expected one to ${head?.kind ?? 'nothing'}`)
  if ('refused' in head && head.refused) throw new HoopError('PROTOCOL_DESYNC', 'a refused statement was accepted')
  return head as Extract<Request, { kind: K }>
}
