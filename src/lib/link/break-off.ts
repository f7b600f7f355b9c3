import type { Http2Stream } from 'node:http2'
import { addAbortSignal } from 'node:stream'

/** RST_STREAM with CANCEL. Node's own `close` says END_STREAM before that, as if everything had been sent. */
export const breakOff = (carrier: Http2Stream): void => {
  if (carrier.destroyed) return
  const breaking = new AbortController()
  addAbortSignal(breaking.signal, carrier)
  breaking.abort()
}
