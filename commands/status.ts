import { ClientCommand } from '../src/cli/command.js'
import { pairs } from '../src/cli/table.js'
import { span } from '../src/cli/text.js'

/** Where a login is kept, in words. */
const places = { HOOP_TOKEN: 'HOOP_TOKEN', keyring: 'system keyring', file: 'file', none: '' } as const

export default class Status extends ClientCommand {
  static override summary = 'Say who is logged in, until when, and at which gateway.'
  static override description = `Works without the network too: the gateway is then said to be out of reach.
Exits with 77 where nobody is logged in or the login has ended, and with 69 where the gateway can't be reached.`
  static override examples = [
    '<%= config.bin %> status',
    { description: 'for scripts', command: '<%= config.bin %> status --json' },
  ]

  async run(): Promise<object> {
    const { flags } = await this.parse(Status)
    const [{ status }, { HoopError }] = await Promise.all([
      import('../src/agent/status.js'),
      import('../src/lib/errors.js'),
    ])
    const found = await status(this.env, flags.gateway, this.signal)
    const left = found.expiresAt === undefined ? 0 : Date.parse(found.expiresAt) - Date.now()
    const valid = found.person !== undefined && (left > 0 || found.renewable)
    this.log(
      pairs({
        Person: found.person?.name ?? 'nobody is logged in',
        Subject: found.person?.subject,
        Until: found.person && until(left, found.renewable),
        'Kept in': places[found.source],
        Gateway: found.gateway,
        Profile: found.profile,
        Version: found.version,
        Reachable: found.reachable ? 'yes' : `no: ${found.problem?.message ?? ''}`,
      }),
    )
    if (found.clockAhead !== undefined)
      this.caution(
        `this machine's clock is ${span(Math.abs(found.clockAhead))} ${found.clockAhead > 0 ? 'behind' : 'ahead of'} the gateway's; logins and proofs fail beyond 60 s`,
      )
    if (!valid) process.exitCode = new HoopError('NOT_LOGGED_IN').exit
    else if (!found.reachable) process.exitCode = new HoopError('GATEWAY_UNREACHABLE').exit
    if (!valid) this.say('hint: Run: hoop login')
    else if (found.problem) this.say(`hint: ${found.problem.hint}`)
    return { ...found, loggedIn: valid }
  }
}

const until = (left: number, renewable: boolean): string =>
  left > 0 ? `${span(left)} from now${renewable ? ', then renewed' : ''}` : renewable ? 'renewed at next use' : 'ended'
