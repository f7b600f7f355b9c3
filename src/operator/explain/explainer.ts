import { randomBytes } from 'node:crypto'
import { HoopError } from '../../lib/errors.js'
import { loadConfig, type LoadedConfig } from '../../policy/config/load.js'
import type { AllowedStatement, Asker, Decision, Estimate, Unestimated } from '../../policy/decision.js'
import {
  explainColumn,
  explainRules,
  type ExplainedStatement,
  type Explanation,
  type Positions,
} from '../../policy/explanation.js'
import { PolicyGuard } from '../../policy/guard.js'
import { isProgram } from '../../policy/program.js'
import { loadCatalog } from '../../sql/catalog.js'
import { parse } from '../../sql/parser.js'
import { openOwnClient, unlimited } from '../../gateway/upstream/own-client.js'
import { databasesOf, targetOf } from '../../gateway/upstream/target.js'
import type { Field } from '../../wire/backend.js'
import { estimateOf, explainOf } from '../../gateway/relay/machine/suspension/planner.js'
import { describeStatement } from './describe.js'
import { termsFor, type Choice } from './terms.js'
import { conditionsPhrase } from '../../policy/rules/asked.js'

/** Where one policy's masks and rules stand in the file. */
const positionsIn = (loaded: LoadedConfig, policyName: string): Positions => {
  const policy = loaded.config.policies[policyName]
  const at = ['policies', policyName]
  const masks = new Map(
    (policy?.masks ?? []).flatMap(({ columns }, mask) =>
      columns.map((column, nth) => [column, loaded.locate([...at, 'masks', mask, 'columns', nth])] as const),
    ),
  )
  const rules = new Map(
    (policy?.rules ?? []).map(({ name }, rule) => [name, loaded.locate([...at, 'rules', rule, 'name'])] as const),
  )
  const phrases = new Map((policy?.rules ?? []).map(({ name, when }) => [name, conditionsPhrase(when)] as const))
  const detector = (entry: number, name: string): string | undefined => {
    const detectors = policy?.masks[entry]?.detect?.detectors ?? []
    const nth = detectors.findIndex((each) => (typeof each === 'string' ? each : each.name) === name)
    return nth < 0 ? undefined : loaded.locate([...at, 'masks', entry, 'detect', nth])
  }
  return {
    detector,
    mask: (column) => masks.get(column),
    rule: (name) => rules.get(name),
    when: (name) => phrases.get(name),
  }
}

/** Explains what a policy makes of statements, over the gateway's own connection. Runs none of them. */
export interface Explainer extends AsyncDisposable {
  readonly policy: string
  readonly database: string
  /** Whether this person sees masked columns in the clear. */
  readonly clear: boolean
  /** User of the database by an entry's own login; absent where it is the connection's. */
  readonly login?: string
  explain(text: string): Promise<Explanation>
}

export interface ExplainerOptions extends Choice {
  readonly loaded: LoadedConfig
  readonly connection: string
}

/** @throws {HoopError} as `loadConfig` does; a connection that isn't configured is CONNECTION_UNKNOWN */
export const loadFor = async (config: string, ...connections: readonly string[]): Promise<LoadedConfig> => {
  const loaded = await loadConfig(config)
  const known = Object.keys(loaded.config.connections)
  const unknown = connections.find((name) => !known.includes(name))
  if (unknown === undefined) return loaded
  throw new HoopError('CONNECTION_UNKNOWN', unknown, { hint: `${config} has ${known.join(', ') || 'none'}.` })
}

/** Each statement of a text, alone: the server describes one at a time. */
const parts = (text: string): string[] => {
  const parsed = parse(text)
  const bytes = Buffer.from(text)
  return (parsed.ok ? parsed.statements : []).map(({ span: [start, end] }) => bytes.toString('utf8', start, end))
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/**
 * Reads the database's catalog and stands ready. Dispose it.
 * @throws {HoopError} USAGE where it isn't clear which policy is meant; UPSTREAM_… where the database can't be asked
 */
export const openExplainer = async (options: ExplainerOptions): Promise<Explainer> => {
  const { loaded, connection } = options
  const { policyName, clear, groups, login } = termsFor(loaded, connection, options)
  const policy = loaded.config.policies[policyName]
  if (!policy) throw new HoopError('CONFIG_INVALID', `there is no policy ${policyName}`)
  const [database] = databasesOf(loaded, connection)
  const client = await openOwnClient(targetOf(loaded, connection, login), database)
  await using stack = new AsyncDisposableStack()
  stack.defer(() => client.end())
  stack.defer(async () => void (await client.query(unlimited).catch(() => undefined)))
  const catalog = await loadCatalog(
    async (sql, values) => (await client.query<Record<string, unknown>>(sql, values)).rows,
    policy.masks.flatMap(({ columns }) => columns),
  )
  const source = { catalog, refresh: () => Promise.resolve() }
  const guard = new PolicyGuard({ policy, clear, source, maskKey: randomBytes(32) })
  const positions = positionsIn(loaded, policyName)
  const subject = options.person ?? ''
  const program = isProgram(loaded.config.identity, { subject, groups })
  const asker = (): Asker => ({ subject, groups, program, now: new Date() })

  const statementOf = async (statement: AllowedStatement, text: string): Promise<ExplainedStatement> => {
    const { kind, reads, writes, outputs, copy } = statement
    const base = { kind, reads, writes }
    let fields: readonly Field[]
    try {
      fields = await describeStatement(client, text)
    } catch (error) {
      return { ...base, database: wordsOf(error) }
    }
    if (fields.length === 0 && !outputs?.length) return base
    const masks = fields.length === 0 ? copy?.masks : guard.masks(fields, statement)
    if (masks instanceof HoopError) return { ...base, database: masks.message }
    const length = Math.max(fields.length, outputs?.length ?? 0)
    const treatment = fields.length === 0 ? guard.scans?.ofCopy(length, masks) : guard.scans?.ofFields(fields, masks)
    const columns = Array.from({ length }, (_, index) => {
      const treated = treatment?.[index]
      const scan = treated && 'detections' in treated ? treated : undefined
      const facts = { field: fields[index], known: outputs?.[index], mask: masks?.[index], scan }
      return explainColumn(facts, index, { positions, catalog })
    })
    return { ...base, columns }
  }

  const refusal = (decision: Decision & { kind: 'refuse' }): Explanation => {
    const { code, message, hint, position } = decision.error
    const facts = decision.facts ?? []
    return {
      verdict: 'refuse',
      rules: explainRules(decision, positions),
      code,
      reason: message,
      ...(hint && { hint }),
      ...(position !== undefined && { position }),
      statements: facts.map(({ kinds, reads, writes }) => ({ kind: kinds[0] ?? 'unknown', reads, writes })),
    }
  }

  const estimated = async ({ sql, folds }: Pick<Unestimated, 'sql' | 'folds'>): Promise<Estimate> => {
    try {
      const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(explainOf(sql))
      return estimateOf(rows[0]?.['QUERY PLAN'], folds)
    } catch (error) {
      return { unknown: wordsOf(error) }
    }
  }

  const decide = async (text: string): Promise<Exclude<Decision, Unestimated>> => {
    const first = guard.decide(text, asker())
    if (first.kind !== 'estimate') return first
    const second = guard.decide(text, { ...asker(), estimate: await estimated(first) })
    return second.kind === 'estimate' ? { kind: 'refuse', error: new HoopError('ESTIMATE_FAILED') } : second
  }

  const all = stack.move()
  return {
    policy: policyName,
    database,
    clear,
    ...(login && { login: login.user }),
    explain: async (text) => {
      const decision = await decide(text)
      if (decision.kind === 'refuse') return refusal(decision)
      const texts = parts(text)
      const statements: ExplainedStatement[] = []
      for (const [index, statement] of decision.statements.entries())
        statements.push(await statementOf(statement, texts[index] ?? text))
      return { verdict: decision.kind, rules: explainRules(decision, positions), statements }
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
