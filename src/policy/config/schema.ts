import { z } from 'zod'
import { connectionSection } from './sections/connection.js'
import { gatewaySection } from './sections/gateway.js'
import { identitySection } from './sections/identity.js'
import { policySection } from './sections/policy.js'

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'a name of letters, digits, dot, dash and underscore')

/** The whole of `hoop.yaml`. Unknown keys are errors everywhere. */
export const configSchema = z.strictObject({
  gateway: gatewaySection,
  identity: identitySection,
  connections: z.record(name, connectionSection),
  policies: z.record(name, policySection),
})

/** As loading leaves it: durations in milliseconds, sizes in bytes, defaults filled in. */
export type Config = z.output<typeof configSchema>

export type { ConnectionConfig } from './sections/connection.js'
export type { GatewayConfig } from './sections/gateway.js'
export type { IdentityConfig } from './sections/identity.js'
export type { BudgetConfig, BudgetsConfig, PolicyConfig, RuleConditions, RuleConfig } from './sections/policy.js'

/** JSON Schema (2020-12) of the file, for editors: `# yaml-language-server: $schema=…`. */
export const configJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(configSchema, { io: 'input' }),
  title: 'hoop.yaml',
})
