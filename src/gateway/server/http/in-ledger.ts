import { readOf } from '../../ledger/reads.js'
import type { HttpDeps } from './deps.js'
import type { App } from './instance.js'

/**
 * What is asked of the API is in the ledger before it is answered: that somebody looks at what is kept for auditors, and
 * what they did. Where it can't be entered there is no answer but that.
 */
export const enterRequests = (app: App, { ledger }: Pick<HttpDeps, 'ledger'>): void => {
  app.addHook('preHandler', async (request) => {
    const read = request.principal && readOf(request, request.principal)
    if (read) await ledger.read(read)
  })
  app.addHook('onSend', async (request, reply) => {
    if (request.method !== 'GET' && reply.statusCode < 400) await ledger.entered()
  })
}
