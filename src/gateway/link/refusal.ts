import { constants, type ServerHttp2Stream } from 'node:http2'
import { RateLimited } from '../server/admission/rate-limits.js'
import { apiError } from '../server/http/errors.js'
import type { HoopError } from '../../lib/errors.js'

/** Answers a request on a link with the error's HTTP status and the API's error body, and ends the stream. */
export const refuseStream = (stream: ServerHttp2Stream, error: HoopError): void => {
  if (stream.destroyed || stream.closed || stream.headersSent) return
  stream.respond({
    ':status': error.http,
    'content-type': 'application/json; charset=utf-8',
    ...(error instanceof RateLimited && { 'retry-after': String(error.retryAfter) }),
  })
  stream.end(JSON.stringify(apiError(error)), () => stream.close(constants.NGHTTP2_NO_ERROR))
  stream.resume()
}
