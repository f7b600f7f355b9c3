import type { FastifyRequest } from 'fastify'
import type {
  CreateTokenRequest,
  RevokeTokenRequest,
  RotateTokenRequest,
  ServiceTokenInfo,
  ServiceTokenMade,
  ServiceTokenRevoked,
} from '../../../lib/api/service-tokens.js'
import { HoopError } from '../../../lib/errors.js'
import { tokenNamed } from '../../../lib/service-token.js'
import { demandRole, rolesOf } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { isEnded } from '../../access/tokens/token-info.js'
import { areNetworks } from '../http/schemas/service-tokens.js'
import { schemaOf } from './schema-of.js'

const params = {
  type: 'object',
  properties: {
    token: { type: 'string', minLength: 1, maxLength: 320, description: 'Id, name, or OWNER/NAME of somebody else’s.' },
  },
  required: ['token'],
}

interface Named {
  readonly Params: { readonly token: string }
}

/** People see, renew and end their own tokens; admins everybody's, and auditors see them. What one may not see isn't there. */
export const serviceTokenRoutes = (app: App, deps: HttpDeps): void => {
  const { tokens } = deps
  const isAdmin = (request: Pick<FastifyRequest, 'principal'>): boolean =>
    rolesOf(deps.config(), principalOf(request)).includes('admin')

  /**
   * The one that is meant: of several of a name the one that is good, or the newest.
   * @throws {HoopError} NOT_FOUND, also where tokens of several people are meant
   */
  const find = (request: Pick<FastifyRequest, 'principal'>, given: string, seesAll: boolean): ServiceTokenInfo => {
    const { subject } = principalOf(request)
    const wanted = tokenNamed(given)
    const seen = tokens.all().filter(({ owner }) => seesAll || owner.subject === subject)
    const cut = wanted.lastIndexOf('/')
    const name = wanted.slice(cut + 1)
    const whose = cut < 0 ? subject : wanted.slice(0, cut)
    const named = seen.filter((one) => one.name === name)
    const exact = named.filter(({ owner }) => owner.subject === whose)
    const isCalled = ({ owner }: ServiceTokenInfo): boolean => owner.name.toLowerCase() === whose.toLowerCase()
    const called = cut < 0 || exact.length > 0 ? exact : named.filter(isCalled)
    const byId = seen.find(({ id }) => id === wanted)
    const owners = new Map(called.map(({ owner }) => [owner.subject, owner.name]))
    if (!byId && owners.size > 1)
      throw new HoopError('NOT_FOUND', `${wanted} means tokens of several people`, {
        detail: [...owners].map(([owner, called]) => `${owner} (${called})`).join(', '),
        hint: 'Give the subject of one of them before the slash, or the id of the token.',
      })
    const found = byId ?? called.find((one) => !isEnded(one)) ?? called.at(-1)
    if (!found)
      throw new HoopError('NOT_FOUND', `service token ${wanted}`, {
        hint: 'hoop tokens list shows yours, and with --all everybody’s, to admins and auditors.',
      })
    return found
  }

  app.get<{ Querystring: { all: boolean } }>(
    '/v1/tokens',
    {
      schema: schemaOf({
        id: 'listServiceTokens',
        summary: 'Your service tokens; those of everybody for admins and auditors.',
        answers: { 200: 'ServiceTokens' },
        more: {
          querystring: {
            type: 'object',
            additionalProperties: false,
            properties: { all: { type: 'boolean', default: false, description: 'Those of everybody.' } },
          },
        },
      }),
    },
    (request): { tokens: ServiceTokenInfo[] } => {
      const by = principalOf(request)
      if (request.query.all) demandRole(deps.config(), by, 'admin', 'auditor')
      return { tokens: tokens.all().filter(({ owner }) => request.query.all || owner.subject === by.subject) }
    },
  )

  app.get<Named>(
    '/v1/tokens/:token',
    {
      schema: schemaOf({
        id: 'getServiceToken',
        summary: 'One service token.',
        answers: { 200: 'ServiceToken' },
        more: { params },
      }),
    },
    (request) => find(request, request.params.token, rolesOf(deps.config(), principalOf(request)).length > 0),
  )

  app.post<{ Body: CreateTokenRequest }>(
    '/v1/tokens',
    {
      schema: schemaOf({
        id: 'createServiceToken',
        summary: 'Makes a service token for no more than its owner may use; its secret is in this answer only.',
        answers: { 201: 'ServiceTokenMade' },
        more: { body: { $ref: 'CreateTokenRequest#' } },
      }),
    },
    async (request, reply): Promise<ServiceTokenMade> => {
      const by = principalOf(request)
      const { owner, networks = [] } = request.body
      if (owner !== undefined) demandRole(deps.config(), by, 'admin')
      if (!areNetworks(networks))
        throw new HoopError('REQUEST_INVALID', 'not every network is one', {
          hint: 'Write addresses and networks as 10.0.0.7, 10.0.0.0/8 or fd00::/8.',
        })
      const made = await tokens.create(request.body, by)
      return reply.code(201).send(made)
    },
  )

  app.post<Named & { Body: RotateTokenRequest }>(
    '/v1/tokens/:token/rotate',
    {
      schema: schemaOf({
        id: 'rotateServiceToken',
        summary: 'Gives a service token a new secret; the old one is good for a while, or ends with what runs by it.',
        answers: { 200: 'ServiceTokenMade' },
        more: { params, body: { $ref: 'RotateTokenRequest#' } },
      }),
    },
    async (request): Promise<ServiceTokenMade> =>
      // Whoever rotates it has its secret: that is for its owner alone. Admins revoke it.
      tokens.rotate(find(request, request.params.token, false), request.body.overlap, principalOf(request)),
  )

  app.post<Named & { Body: RevokeTokenRequest }>(
    '/v1/tokens/:token/revoke',
    {
      schema: schemaOf({
        id: 'revokeServiceToken',
        summary: 'Ends a service token for good, and its sessions.',
        answers: { 200: 'ServiceTokenRevoked' },
        more: { params, body: { $ref: 'RevokeTokenRequest#' } },
      }),
    },
    async (request): Promise<ServiceTokenRevoked> =>
      tokens.revoke(find(request, request.params.token, isAdmin(request)), request.body.reason, principalOf(request)),
  )
}
