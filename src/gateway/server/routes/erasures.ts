import type { Erased, EraseRequest } from '../../../lib/api/erasures.js'
import { demandRole } from '../../access/access.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

/** What was recorded of one person goes. */
export const erasureRoutes = (app: App, deps: HttpDeps): void => {
  app.post<{ Body: EraseRequest }>(
    '/v1/audit/erasures',
    {
      schema: schemaOf({
        id: 'erasePerson',
        summary:
          'Erases recordings, statements and leaves of a person’s ended sessions, but for what is on hold; for admins.',
        answers: { 200: 'Erased' },
        more: { body: { $ref: 'EraseRequest#' } },
      }),
    },
    async (request): Promise<Erased> => {
      const person = principalOf(request)
      demandRole(deps.config(), person, 'admin')
      const { subject, name } = person
      return deps.erasing.erase(request.body, { subject, name })
    },
  )
}
