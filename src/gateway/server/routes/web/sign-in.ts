import type { FastifyReply, FastifyRequest } from 'fastify'
import { flowLife, newBrowser } from '../../../../identity/web/flows.js'
import { neighborhoodOf } from '../../admission/network.js'
import type { App } from '../../http/instance.js'
import type { HttpDeps } from '../../http/deps.js'
import { cookieOf, cookies, setCookie } from './cookies.js'
import { found, pageSchema, requestId } from './page-schema.js'
import { beforeForm, demandOwnForm, viewerOf } from './visitor.js'

/** Signing in by a browser, and out again. */
export const signInRoutes = (app: App, deps: HttpDeps): void => {
  const { signIn, sessions, admit } = deps.web

  const goOn = (reply: FastifyReply, request?: string): FastifyReply =>
    reply.redirect(`${viewerOf(deps).base}/approvals${request === undefined ? '' : `/${request}`}`, 303)

  app.get<{ Querystring: { request?: string } }>(
    '/approvals/sign-in',
    {
      config: { isPublic: true, limit: 'login' },
      schema: pageSchema('signIn', 'Sends a browser to the identity provider.', {
        answers: { 303: found },
        more: { querystring: { type: 'object', additionalProperties: false, properties: { request: requestId } } },
      }),
    },
    async (request, reply) => {
      const browser = cookieOf(request.headers.cookie, cookies.browser) ?? newBrowser()
      const to = await signIn.begin(browser, neighborhoodOf(deps.address(request.raw)), request.query.request)
      void reply.header('set-cookie', setCookie(cookies.browser, browser, flowLife / 1000))
      return reply.redirect(to.href, 303)
    },
  )

  app.get(
    '/approvals/callback',
    {
      config: { isPublic: true },
      schema: pageSchema('finishSignIn', 'Where the identity provider sends the browser back to.', {
        answers: { 303: found },
      }),
    },
    async (request, reply) => {
      const { headers, url } = request.raw
      const at = url?.indexOf('?') ?? -1
      const browser = cookieOf(headers.cookie, cookies.browser)
      const signedIn = await deps.rates.login(deps.address(request.raw), () =>
        signIn.finish(at < 0 ? '' : url!.slice(at), browser),
      )
      const person = await admit(signedIn.person)
      await deps.seen(person)
      const before = cookieOf(headers.cookie, cookies.session)
      if (before !== undefined) sessions.end(before)
      const { client, expiresAt } = signedIn
      const secret = sessions.open({ person: signedIn.person, client, expiresAt })
      // Whoever was shut out while this went on finds no session.
      await admit(signedIn.person).catch((error: unknown) => {
        sessions.end(secret)
        throw error
      })
      request.log.info({ subject: person.subject }, 'signed in by a browser')
      void reply.header(
        'set-cookie',
        setCookie(cookies.session, secret, Math.max(1, Math.floor((expiresAt - Date.now()) / 1000))),
      )
      return goOn(reply, signedIn.request)
    },
  )

  app.post<{ Body: { token?: string } }>(
    '/approvals/sign-out',
    {
      config: { isPublic: true },
      onRequest: beforeForm(deps, (_request, reply) => goOn(reply)),
      schema: pageSchema('signOut', 'Ends the session of a browser.', { answers: { 303: found } }),
    },
    async (request: FastifyRequest<{ Body: { token?: string } | null }>, reply) => {
      const { visitor } = request
      if (visitor) {
        demandOwnForm(visitor.session, request.body?.token)
        sessions.end(cookieOf(request.headers.cookie, cookies.session) ?? '')
        void reply.header('set-cookie', setCookie(cookies.session, '', 0))
      }
      return goOn(reply)
    },
  )
}
