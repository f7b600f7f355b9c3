import { ScimError } from '../../../../identity/scim/error.js'
import { groupAttributes, urn, userAttributes } from '../../../../identity/scim/schema.js'
import { HoopError } from '../../../../lib/errors.js'
import type { ScimKind } from '../../../scim/shared.js'
import type { App } from '../../http/instance.js'
import type { HttpDeps } from '../../http/deps.js'
import { assertBearer, onScimError, scimJson } from './access.js'
import { resourceTypes, schemas, serviceProviderConfig } from './discovery.js'
import { filterOf, pageOf, projection, type Query } from './listing.js'

/** Bytes of a body: a group with some thousand members. */
const largest = 1 << 20

const types = ['application/scim+json', 'application/json']

/** Not in the OpenAPI document, which is of hoop's own API: SCIM describes itself, at `/Schemas`. */
const describe = (operationId: string, summary: string) => ({ operationId, summary, hide: true })
const config = { isPublic: true, limit: 'login' } as const

interface Params {
  readonly id: string
}

/**
 * SCIM 2.0 for the directory that provisions people and groups. It has a secret of its own, and no login.
 * @see RFC 7643, RFC 7644
 */
export const scimRoutes = (app: App, deps: HttpDeps): void => {
  const { scim } = deps
  void app.register(
    async (scope) => {
      scope.setErrorHandler(onScimError)
      scope.removeAllContentTypeParsers()
      const json = scope.getDefaultJsonParser('error', 'error')
      scope.addContentTypeParser(types, { parseAs: 'string', bodyLimit: largest }, (request, body, done) => {
        // Entra's DELETE names the type of the body that it doesn't have.
        if (body === '') done(null)
        else void json(request, body as string, done)
      })
      scope.addHook('onRequest', async ({ raw }) => {
        const secret = await deps.scimSecret()
        // Where it isn't configured, there is no such address.
        if (secret === undefined) throw new ScimError(404, 'this gateway has no SCIM')
        await deps.rates.login(deps.address(raw), async () => assertBearer(raw.headers.authorization, secret))
      })
      const base = (): string => `${deps.url().replace(/\/$/, '')}/scim/v2`

      const kinds = [
        ['Users', 'User', scim.users, userAttributes],
        ['Groups', 'Group', scim.groups, groupAttributes],
      ] as const
      for (const [path, name, kind, attributes] of kinds) {
        const { create, replace, patch, find, list } = bound(kind)
        scope.get<{ Querystring: Query }>(
          `/${path}`,
          { config, schema: describe(`listScim${path}`, `${path} that fit a filter, by pages.`) },
          async ({ query }, reply) => {
            const page = pageOf(await list(filterOf(query, attributes)), query, attributes)
            return reply.type(scimJson).send(JSON.stringify(page))
          },
        )
        scope.get<{ Params: Params; Querystring: Query }>(
          `/${path}/:id`,
          { config, schema: describe(`getScim${name}`, `One ${name.toLowerCase()}.`) },
          async ({ params, query }, reply) =>
            reply.type(scimJson).send(JSON.stringify(projection(query, attributes)(await find(params.id)))),
        )
        scope.post(
          `/${path}`,
          { config, schema: describe(`createScim${name}`, `Provisions a ${name.toLowerCase()}.`) },
          async ({ body }, reply) => {
            const made = await create(body)
            return reply
              .code(201)
              .header('location', `${base()}/${path}/${String(made['id'])}`)
              .type(scimJson)
              .send(JSON.stringify(made))
          },
        )
        for (const [method, change] of [
          ['put', replace],
          ['patch', patch],
        ] as const)
          scope[method]<{ Params: Params }>(
            `/${path}/:id`,
            { config, schema: describe(`${method}Scim${name}`, `Changes a ${name.toLowerCase()}.`) },
            async ({ params, body }, reply) => reply.type(scimJson).send(JSON.stringify(await change(params.id, body))),
          )
        scope.delete<{ Params: Params }>(
          `/${path}/:id`,
          { config, schema: describe(`deleteScim${name}`, `Removes a ${name.toLowerCase()}.`) },
          async ({ params }, reply) => {
            await kind.remove(params.id)
            return reply.code(204).send()
          },
        )
      }

      scope.get(
        '/ServiceProviderConfig',
        { config, schema: describe('getScimConfiguration', 'What of SCIM there is.') },
        async (_request, reply) => reply.type(scimJson).send(JSON.stringify(serviceProviderConfig(base()))),
      )
      for (const [path, all] of [
        ['ResourceTypes', resourceTypes],
        ['Schemas', schemas],
      ] as const) {
        scope.get(
          `/${path}`,
          { config, schema: describe(`listScim${path}`, `${path} of RFC 7643.`) },
          async (_request, reply) => {
            const Resources = all(base())
            const total = { totalResults: Resources.length, startIndex: 1, itemsPerPage: Resources.length }
            return reply.type(scimJson).send(JSON.stringify({ schemas: [urn.list], ...total, Resources }))
          },
        )
        scope.get<{ Params: Params }>(
          `/${path}/:id`,
          { config, schema: describe(`getScim${path}`, `One of the ${path}.`) },
          async ({ params }, reply) => {
            const found = all(base()).find(({ id }) => id === params.id)
            if (!found) throw new ScimError(404, `there is no ${params.id}`)
            return reply.type(scimJson).send(JSON.stringify(found))
          },
        )
      }
      scope.setNotFoundHandler((request, reply) => onScimError(new HoopError('NOT_FOUND'), request, reply))
    },
    { prefix: '/scim/v2' },
  )
}

const bound = (kind: ScimKind) => ({
  list: kind.list.bind(kind),
  find: kind.find.bind(kind),
  create: kind.create.bind(kind),
  replace: kind.replace.bind(kind),
  patch: kind.patch.bind(kind),
})
