import { Agent } from 'undici'
import type { Environment } from '../../files/environment.js'
import { dial } from './dial.js'
import { proxyFor } from './proxy.js'

/** Connections to others than the gateway, through the proxy that the environment names for each. */
export const outbound = (env: Environment, signal: AbortSignal): Agent =>
  new Agent({
    connect: ({ protocol, hostname, port }, done) => {
      const target = new URL(`${protocol}//${hostname}${port ? `:${port}` : ''}`)
      const proxy = proxyFor(target, env)
      dial({ url: target, ...(proxy && { proxy }) }, signal).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      )
    },
  })
