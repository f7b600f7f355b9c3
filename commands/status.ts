import { ClientCommand } from '../src/cli/command.js'
import type { BudgetUse, ConnectionUse } from '../src/lib/api.js'
import { pairs, table } from '../src/cli/table.js'
import { span } from '../src/cli/text.js'

/** Where a login is kept, in words. */
const places: Readonly<Record<string, string>> = { keyring: 'system keyring', none: '' }

const claims = (of: Readonly<Record<string, string>>): string =>
  Object.entries(of)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')

/** Sources of a program's token, which nothing keeps. */
const tokens: ReadonlySet<string> = new Set(['HOOP_TOKEN_FILE', 'GitHub Actions', 'HOOP_ID_TOKEN'])

export default class Status extends ClientCommand {
  static override summary = 'Say who is logged in, until when, and at which gateway.'
  static override aliases = ['whoami']
  static override description = `Works without the network too: the gateway is then said to be out of reach.
Exits with 77 where nobody is logged in or the login has ended, and with 69 where the gateway can't be reached.`
  static override examples = [
    '<%= config.bin %> status',
    { description: 'for scripts', command: '<%= config.bin %> status --json' },
  ]

  async run() {
    const { flags } = await this.parse(Status)
    const [{ budgetsLeft, status }, { HoopError }] = await Promise.all([
      import('../src/agent/login/status.js'),
      import('../src/lib/errors.js'),
    ])
    const found = await status(this.env, flags.gateway, this.signal)
    const left = found.expiresAt === undefined ? 0 : Date.parse(found.expiresAt) - Date.now()
    // Of a service token only the gateway knows the end.
    const valid = found.person !== undefined && (found.expiresAt === undefined || left > 0 || found.renewable)
    // As whom a token of the platform is taken only the gateway knows.
    const unknown = tokens.has(found.source) && !found.reachable
    const nobody = found.refused?.message ?? (unknown ? undefined : 'nobody is logged in')
    this.log(
      pairs({
        Person: found.person?.name ?? nobody,
        Subject: found.person?.subject,
        Owner: found.owner?.name,
        Until: found.expiresAt && until(left, found.renewable),
        [found.workload || tokens.has(found.source) ? 'Token from' : 'Kept in']: places[found.source] ?? found.source,
        Trust: found.workload && `${found.workload.trust} (${claims(found.workload.claims)})`,
        Gateway: found.gateway,
        Profile: found.profile,
        Version: found.version,
        Reachable: found.reachable ? 'yes' : `no: ${found.problem?.message ?? ''}`,
        Refused: found.reachable ? found.problem?.message : undefined,
      }),
    )
    if (found.clockAhead !== undefined)
      this.caution(
        `this machine's clock is ${span(Math.abs(found.clockAhead))} ${found.clockAhead > 0 ? 'behind' : 'ahead of'} the gateway's; logins and proofs fail beyond 60 s`,
      )
    const budgets =
      valid && found.reachable
        ? await this.#budgets(() => budgetsLeft(this.env, flags.gateway, this.signal))
        : undefined
    if (!valid && !unknown) process.exitCode = new HoopError('NOT_LOGGED_IN').exit
    else if (!found.reachable) process.exitCode = new HoopError('GATEWAY_UNREACHABLE').exit
    if (!valid && (found.refused || !found.problem)) this.say(`hint: ${found.refused?.hint ?? 'Run: hoop login'}`)
    else if (found.problem) this.say(`hint: ${found.problem.hint}`)
    return { ...found, loggedIn: valid, ...(budgets && { budgets }) }
  }

  /** What is left to spend; a gateway that doesn't say is a caution and no failure. */
  async #budgets(read: () => Promise<readonly ConnectionUse[]>): Promise<readonly ConnectionUse[] | undefined> {
    try {
      const found = await read()
      const rows = found.flatMap((one) => one.budgets.map((budget) => budgetRow(one.connection, budget)))
      for (const { connection, unavailable } of found) this.tellUnavailable(connection, unavailable)
      if (rows.length > 0) this.log(`\n${table(['CONNECTION', 'BUDGET', 'LEFT', 'OF', 'UNTIL'], rows)}`)
      return found
    } catch (error) {
      this.signal.throwIfAborted()
      this.caution(
        `what is left of your budgets is not known: ${error instanceof Error ? error.message : String(error)}`,
      )
      return undefined
    }
  }
}

const whose = {
  ...{ statement: 'each statement', session: 'each session', identity: 'you, per ' },
  questions: 'questions about masked values, per ',
} as const

const words: Partial<Readonly<Record<BudgetUse['unit'], string>>> = {
  queries: 'vectors to search with',
  neighbors: 'rows found',
}

const budgetRow = (
  connection: string,
  { budget, per, session, unit, limit, left, until: ends }: BudgetUse,
): string[] => [
  connection,
  session ? `session ${session}` : `${whose[budget]}${per ?? ''}`,
  `${left.toLocaleString('en-US')} ${words[unit] ?? unit}`,
  limit.toLocaleString('en-US'),
  ends ?? '',
]

const until = (left: number, renewable: boolean): string =>
  left > 0 ? `${span(left)} from now${renewable ? ', then renewed' : ''}` : renewable ? 'renewed at next use' : 'ended'
