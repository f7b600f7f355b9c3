import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import type Provider from 'oidc-provider'
import type { Account } from './accounts.js'
import { consent, failed, signIn } from './pages.js'

const html = (response: ServerResponse, status: number, body: string) => {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(body)
}

type Details = Awaited<ReturnType<Provider['interactionDetails']>>

const scopesAsked = (details: Details) => (details.prompt.details.missingOIDCScope as string[] | undefined) ?? []

/** Writes down what the person consented to. */
const grant = async (provider: Provider, details: Details): Promise<string> => {
  const known = details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)
  const accountId = details.session?.accountId
  const given =
    known ??
    new provider.Grant({
      clientId: String(details.params.client_id),
      ...(accountId === undefined ? {} : { accountId }),
    })
  given.addOIDCScope(scopesAsked(details).join(' '))
  const claims = details.prompt.details.missingOIDCClaims as string[] | undefined
  if (claims) given.addOIDCClaims(claims)
  return given.save()
}

/** Serves `/interaction/:uid`, the pages between the provider's own: signing in and consenting. */
export const interact = async (
  provider: Provider,
  accounts: readonly Account[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const details = await provider.interactionDetails(request, response)
  const action = request.url ?? '/'
  const isLogin = details.prompt.name === 'login'
  if (request.method !== 'POST') {
    return html(response, 200, isLogin ? signIn(action, accounts) : consent(action, scopesAsked(details)))
  }
  const form = new URLSearchParams(await text(request))
  if (isLogin) {
    const account = accounts.find(({ id }) => id === form.get('account'))
    if (!account) return html(response, 400, failed('There is no such account.'))
    return provider.interactionFinished(request, response, { login: { accountId: account.id } })
  }
  const result =
    form.get('answer') === 'allow'
      ? { consent: { grantId: await grant(provider, details) } }
      : { error: 'access_denied', error_description: 'the person said no' }
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
}
