import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { HoopError } from '../../../../lib/errors.js'
import { RateLimited } from '../../admission/rate-limits.js'
import { answerFor, logFailure } from '../../http/errors.js'
import { readForms } from '../../http/form.js'
import type { App } from '../../http/instance.js'
import type { HttpDeps } from '../../http/deps.js'
import { sendPage } from '../../web/layout.js'
import { troublePage } from '../../web/other-pages.js'
import { requestPages } from './requests.js'
import { signInRoutes } from './sign-in.js'
import { viewerOf } from './visitor.js'

/** Why the provider refused is for the log; nothing else of what it sent is, since that may hold tokens. */
const causeOf = ({ cause }: HoopError): string | undefined => (cause instanceof Error ? cause.message : undefined)

/** Bytes: a reason with every character written out takes less. */
const longestForm = 16 * 1024

/** Pages for browsers: they take forms, and what goes wrong is a page, too. */
export const webRoutes = (app: App, deps: HttpDeps): void => {
  void app.register(async (scope) => {
    readForms(scope as App, Math.min(longestForm, deps.limits.body_size))
    scope.decorateRequest('visitor', null)
    scope.setErrorHandler((thrown: FastifyError | HoopError, request: FastifyRequest, reply: FastifyReply) => {
      const error = answerFor(thrown)
      logFailure(thrown, error, request)
      if (error.code === 'SIGN_IN_FAILED') request.log.warn({ why: causeOf(error) }, error.message)
      if (error instanceof RateLimited) void reply.header('retry-after', error.retryAfter)
      void sendPage(reply, error.http, troublePage(viewerOf(deps), error))
    })
    signInRoutes(scope as App, deps)
    requestPages(scope as App, deps)
  })
}
