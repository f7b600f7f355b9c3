import { readFile, writeFile } from 'node:fs/promises'
import type { JWTPayload } from 'jose'
import { Agent, request as send } from 'undici'
import { inject } from 'vitest'
import { parseDocument } from 'yaml'
import { environmentCredentials } from '../../../../src/agent/login/credentials.js'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import type { CreateTokenRequest, ServiceTokenMade } from '../../../../src/lib/api/service-tokens.js'
import { type Answers, parseDatabaseUrl } from '../../../../src/operator/init/answers.js'
import { newProver, type ProofChanges, type Prover } from '../../../identity/proofs.js'
import { holder, type Person } from '../../server/start/person.js'
import { logInto, type Started, started } from '../../server/start/started.js'

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  /** Status and code, of an error. */
  readonly told: string
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  readonly body?: object
  readonly prover?: Prover
  readonly proof?: ProofChanges
  /** Where a proxy says that the request comes from. */
  readonly from?: string
  /** In the place of the header that belongs there; '' leaves it out. */
  readonly dpop?: string
  readonly authorization?: string
}

export interface Stage extends AsyncDisposable {
  readonly it: Started
  readonly prover: Prover
  /** A request with a token and a proof. */
  ask(token: string, path: string, options?: Ask): Promise<Answer>
  /** The same as a person, with the claims of their account or others; who has none is an ML engineer. */
  as(account: string, path: string, options?: Ask, claims?: JWTPayload): Promise<Answer>
  /** A service token of somebody's: for vectordb and a day, unless told otherwise. */
  token(account: string, over?: Partial<CreateTokenRequest>): Promise<ServiceTokenMade>
  /** Somebody who holds a service token, and talks to the gateway as the agent does. */
  holder(secret: string, connection?: string, env?: Record<string, string>): Promise<Person>
  /** Changes hoop.yaml, and waits until that is in force. */
  configure(change: (document: ReturnType<typeof parseDocument>) => void): Promise<void>
  /** Takes the gateway down, and starts one on the same folder. */
  restart(): Promise<void>
}

let number = 0

const policies = {
  research: {
    clear_for: ['dpo'],
    masks: [{ columns: ['public.people.ssn'], with: { keep_last: 4 } }],
    break_glass: { groups: ['ml-eng'] },
    rules: [
      { name: 'ask', when: { statement: ['truncate'] }, do: 'approve', approvers: { groups: ['ml-eng', 'security'] } },
    ],
  },
  narrow: { rules: [{ name: 'no-drop', when: { statement: ['drop'] }, do: 'block' }] },
}

const connectionTo = (database: string | undefined): Partial<Answers> =>
  database === undefined
    ? {}
    : {
        connection: {
          name: 'vectordb',
          ...parseDatabaseUrl(`${database}?sslmode=verify-full&sslrootcert=${inject('caFile')}`),
        },
      }

/** A gateway in this process that trusts a proxy on loopback, with two connections and three policies. */
export const stage = async (more: Record<string, unknown> = {}, database?: string): Promise<Stage> => {
  await using stack = new AsyncDisposableStack()
  const it = stack.use(
    await started(
      async (folder) => {
        const document = parseDocument(await readFile(folder.config, 'utf8'))
        const vectordb = document.getIn(['connections', 'vectordb'])
        document.setIn(
          ['connections', 'vectordb', 'access'],
          [
            { groups: ['ml-eng'], policy: 'research' },
            { groups: ['contractors'], policy: 'narrow' },
          ],
        )
        document.setIn(['connections', 'archive'], document.createNode(parseDocument(String(vectordb)).toJS()))
        document.setIn(['connections', 'archive', 'access'], [{ groups: ['ml-eng'], policy: 'narrow' }])
        document.setIn(['gateway', 'trusted_proxies'], ['127.0.0.1'])
        document.setIn(['identity', 'admins'], ['platform'])
        document.setIn(['identity', 'auditors'], ['security'])
        document.set('policies', { ...policies, ...more })
        await writeFile(folder.config, document.toString())
      },
      {},
      connectionTo(database),
    ),
  )
  const agent = new Agent({ connect: { ca: await readFile(it.caFile) } })
  stack.defer(() => agent.destroy())
  let gateway = it.gateway
  stack.defer(() => gateway.close(0))
  const prover = await newProver()
  const holders = stack.use(new AsyncDisposableStack())

  const ask: Stage['ask'] = async (token, path, options = {}) => {
    const { method = 'GET', body, proof, from, authorization = `DPoP ${token}` } = options
    const url = gateway.url + path
    const proved = { method, url: url.split('?')[0]!, token }
    const dpop = options.dpop ?? (await (options.prover ?? prover).prove(proved, proof))
    const answer = await send(url, {
      method,
      dispatcher: agent,
      headers: {
        authorization,
        ...(dpop !== '' && { dpop }),
        ...(from !== undefined && { 'x-forwarded-for': from }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    // Of a stream of lines the first.
    const found = JSON.parse((await answer.body.text()).split('\n{')[0]!) as Record<string, unknown>
    return {
      status: answer.statusCode,
      body: found,
      told: `${answer.statusCode} ${(found['code'] as string | undefined) ?? 'ok'}`,
    }
  }
  const as: Stage['as'] = async (account, path, options, claims = {}) => {
    const known = it.idp.accounts.find(({ id }) => id === account)
    const { email, groups } = known ?? { email: `${account}@acme.example`, groups: ['ml-eng'] }
    return ask(await it.idp.sign({ sub: account, email, groups: [...groups], ...claims }), path, options)
  }
  const owned = stack.move()
  return {
    ...{ it, prover, ask, as },
    token: async (account, over = {}) => {
      const request = { name: `t${number++}`, connections: [{ connection: 'vectordb' }], ttl: 86_400_000, ...over }
      const { status, body } = await as(account, '/v1/tokens', { method: 'POST', body: request })
      if (status !== 201) throw new Error(JSON.stringify(body))
      return body as unknown as ServiceTokenMade
    },
    holder: async (secret, connection = 'vectordb', env = {}) =>
      holders.use(
        await holder(await environmentCredentials(secret, env), { url: gateway.url, caFile: it.caFile }, connection),
      ),
    configure: async (change) => {
      const document = parseDocument(await readFile(it.folder.config, 'utf8'))
      change(document)
      await writeFile(it.folder.config, document.toString())
      await gateway.reload()
    },
    restart: async () => {
      await gateway.close(0)
      gateway = await startGateway({ config: it.folder.config, version: '0.0.0', log: logInto(it.log), env: {} })
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
