import type { ConnectionUse } from '../../../lib/api.js'
import { budgetReport, questionReport } from '../../budgets/report.js'
import { connectionsOf, loginFor } from '../../access/access.js'
import { unavailableBy } from '../../quarantine/trouble.js'
import { accountOf } from '../../../identity/account.js'
import type { App } from '../http/instance.js'
import { principalOf } from '../http/authentication.js'
import type { HttpDeps } from '../http/deps.js'
import { schemaOf } from './schema-of.js'

/** What is left of the caller's budgets. */
export const usageRoutes = (app: App, deps: HttpDeps): void => {
  app.get(
    '/v1/usage',
    {
      config: { forTokens: true },
      schema: schemaOf({
        id: 'getUsage',
        summary: 'What is left of your budgets, by connection.',
        answers: { 200: 'Usage' },
      }),
    },
    (request): { connections: ConnectionUse[] } => {
      const principal = principalOf(request)
      const view = deps.config()
      const { person, sessions } = deps.usage(accountOf(principal), principal.subject)
      return {
        connections: connectionsOf(view, principal).map(({ name, policy }) => {
          const { budgets, questions } = view.policies[policy] ?? {}
          const own = sessions.filter(({ connection }) => connection === name)
          return {
            connection: name,
            policy,
            budgets: [
              ...(budgets ? budgetReport(budgets, person, own) : []),
              ...(questions ? questionReport(questions, person) : []),
            ],
            ...unavailableBy(deps.quarantine.troubles(name, policy, loginFor(view, principal, name))),
          }
        }),
      }
    },
  )
}
