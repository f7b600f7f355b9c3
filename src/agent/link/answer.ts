import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import { asLongAs } from '../../lib/deadline.js'
import { remoteError } from '../api/remote-error.js'

/** Largest refusal read, bytes. */
const most = 16 * 1024

/** The gateway has not looked at a request (RFC 9113, section 8.7): it may be sent again, elsewhere. */
export class NotTaken extends Error {
  constructor() {
    super('the gateway takes no more streams on this link')
  }
}

/**
 * Waits for the answer to an extended CONNECT.
 * @returns its headers; the stream is open from here
 * @throws {HoopError} the gateway's own refusal
 * @throws {NotTaken}
 */
export const answerTo = (carrier: ClientHttp2Stream, url: URL, signal: AbortSignal): Promise<IncomingHttpHeaders> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingHttpHeaders>()
  carrier.on('error', () => undefined)
  carrier.once('close', () =>
    reject(
      carrier.rstCode === constants.NGHTTP2_REFUSED_STREAM ? new NotTaken() : new Error('the connection was closed'),
    ),
  )
  carrier.once('response', (headers) => {
    const status = headers[':status'] ?? 0
    if (status === 200) return resolve(headers)
    readAll(carrier).then((body) => reject(remoteError(url, status, body)), reject)
  })
  return asLongAs(promise, signal)
}

async function readAll(carrier: ClientHttp2Stream): Promise<string> {
  let whole = ''
  for await (const part of carrier.setEncoding('utf8') as AsyncIterable<string>) {
    whole += part
    if (whole.length > most) break
  }
  return whole
}
