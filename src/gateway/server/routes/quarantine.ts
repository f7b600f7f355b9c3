import type { QuarantinedConnection } from '../../../lib/api.js'
import { demandRole } from '../../access/access.js'
import type { Trouble } from '../../quarantine/trouble.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

const inFull = ({ database, policy, login, error: { code, message, hint } }: Trouble) => ({
  database,
  ...(policy !== undefined && { policy }),
  ...(login !== undefined && { login }),
  ...{ code, message, hint },
})

/** Connections that can't be used now, and why, in an operator's words. */
export const quarantineRoutes = (app: App, deps: HttpDeps): void => {
  app.get(
    '/v1/quarantine',
    {
      schema: schemaOf({
        id: 'listQuarantine',
        summary: 'Connections that are quarantined, and why; for admins and auditors.',
        answers: { 200: 'Quarantine' },
      }),
    },
    (request): { connections: QuarantinedConnection[] } => {
      demandRole(deps.config(), principalOf(request), 'admin', 'auditor')
      return {
        connections: deps.quarantine.all.map(({ connection, since, troubles }) => ({
          ...{ connection, since: since.toISOString(), troubles: troubles.map(inFull) },
        })),
      }
    },
  )
}
