import { request as send, Agent } from 'undici'
import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { writeFile } from 'node:fs/promises'
import { newProver, type Prover } from '../../../identity/proofs.js'
import { type Issuers, startIssuers } from '../../../helpers/issuer/issuer.js'
import { type Started, started } from './started.js'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface ExchangeOptions {
  readonly prover?: Prover
  readonly form?: Readonly<Record<string, string>>
  /** As it is sent, in place of the form. */
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly proof?: string
}

/** A gateway in this process that trusts issuers of another, and whoever presents their tokens. */
export interface WorkloadStage extends AsyncDisposable {
  readonly issuers: Issuers
  readonly it: Started
  readonly prover: Prover
  exchange(token: string, options?: ExchangeOptions): Promise<Answer>
  /** `GET` as whoever a token names. */
  get(path: string, token: string, prover?: Prover): Promise<Answer>
  /** `POST` of JSON. */
  post(path: string, token: string, body: object, prover?: Prover): Promise<Answer>
}

export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** @param people whether people's tokens come from the issuer `people` too */
export const workloadStage = async (
  workloads: (issuers: Issuers) => Record<string, unknown>,
  { people = false } = {},
): Promise<WorkloadStage> => {
  await using stack = new AsyncDisposableStack()
  const issuers = stack.use(await startIssuers())
  const trusts = workloads(issuers)
  const prepare = async ({ config }: { config: string }) => {
    const document = parseDocument(await readFile(config, 'utf8'))
    document.setIn(['identity', 'workloads'], trusts)
    document.setIn(['identity', 'admins'], ['platform'])
    const policy = document.getIn(['connections', 'vectordb', 'access', 0, 'policy'])
    document.addIn(['connections', 'vectordb', 'access'], { workloads: Object.keys(trusts), policy })
    await writeFile(config, document.toString())
  }
  const it = stack.use(await started(prepare, {}, people ? { issuer: issuers.issuer('people') } : {}))
  const dispatcher = new Agent({ connect: { ca: await readFile(it.caFile) } })
  stack.defer(() => dispatcher.destroy())
  const prover = await newProver()
  const { url } = it.gateway
  const answer = async (path: string, options: object): Promise<Answer> => {
    const { statusCode, body } = await send(url + path, { dispatcher, ...options })
    const text = await body.text()
    return { status: statusCode, body: JSON.parse(text) as Answer['body'] }
  }
  const proved = async (method: 'GET' | 'POST', path: string, token: string, by: Prover) => ({
    authorization: `DPoP ${token}`,
    dpop: await by.prove({ method, url: url + path, token }),
  })
  const owned = stack.move()
  return {
    ...{ issuers, it, prover },
    exchange: async (token, { prover: by = prover, form, body, headers, proof } = {}) => {
      const over = { claims: { ath: undefined } }
      const dpop = proof ?? (await by.prove({ method: 'POST', url: `${url}/v1/token`, token: '' }, over))
      const fields = {
        ...{ grant_type: tokenExchange, subject_token: token },
        ...{ subject_token_type: 'urn:ietf:params:oauth:token-type:jwt', ...form },
      }
      return answer('/v1/token', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', dpop, ...headers },
        body: body ?? new URLSearchParams(fields).toString(),
      })
    },
    get: async (path, token, by = prover) => answer(path, { headers: await proved('GET', path, token, by) }),
    post: async (path, token, body, by = prover) =>
      answer(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(await proved('POST', path, token, by)) },
        body: JSON.stringify(body),
      }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
