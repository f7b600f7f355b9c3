import type { AddressOf } from '../admission/client-address.js'
import type { App } from './instance.js'

/** Never to be logged, wherever somebody logs a request. */
export const secretPaths = ['authorization', 'dpop', 'cookie'].flatMap((name) => [
  `headers.${name}`,
  `*.headers.${name}`,
])

/**
 * One line per request: who, which route, with what result, how long. The route stands for the address, since that can
 * hold what somebody searched for.
 */
export const logRequests = (app: App, address: AddressOf): void => {
  app.addHook('onResponse', async (request, reply) => {
    const line = {
      method: request.method,
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      address: address(request.raw),
      ...(request.principal && { subject: request.principal.subject }),
      ...(request.failure && { code: request.failure.code, why: request.failure.message }),
    }
    request.log.info(line, 'request')
  })
}
