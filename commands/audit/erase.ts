import { boolean, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { confirm } from '../../src/cli/confirm.js'
import { count, plain } from '../../src/cli/text.js'
import type { Erased, EraseRequest } from '../../src/lib/api/erasures.js'

export default class AuditErase extends ClientCommand {
  static override summary =
    'Erase what was recorded of one person, but for what is on hold. For admins; nothing brings it back.'
  static override description =
    'Recordings, statements and the ledger’s words on the person’s ended sessions go, with those of their service tokens; the ledger stays verifiable, ' +
    'and says who erased, when and why. What remains: docs/retention.md.'
  static override examples = [
    {
      description: 'Say what would go',
      command: "<%= config.bin %> <%= command.id %> --person casey@contractor.example --reason 'request 17' --dry-run",
    },
    "<%= config.bin %> <%= command.id %> --person casey@contractor.example --reason 'request 17' --yes",
  ]
  static override flags = {
    person: string({
      char: 'p',
      required: true,
      helpValue: 'NAME',
      description: 'subject, or a name that one person has',
    }),
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; it is kept' }),
    'dry-run': boolean({ description: 'say what would be erased, and erase nothing' }),
    yes: boolean({ char: 'y', description: 'don’t ask' }),
  }

  async run(): Promise<Erased> {
    const { flags } = await this.parse(AuditErase)
    const { person, reason, yes } = flags
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const ask = (dry: boolean) =>
      client.post<Erased>('/v1/audit/erasures', { person, reason, dry } satisfies EraseRequest)
    const wanted = await ask(true)
    const whose = `${count(wanted.sessions, 'session')} of ${wanted.person.name}`
    this.#tell(wanted)
    if (flags['dry-run'] || wanted.sessions === 0) {
      this.log(plain(`${whose} would be erased.`))
      return wanted
    }
    await confirm(plain(`Erase ${whose} for good?`), { yes, signal: this.signal })
    const erased = await ask(false)
    this.log(plain(`Erased: ${count(erased.sessions, 'session')} of ${erased.person.name}, act ${erased.act}.`))
    return erased
  }

  #tell({ held, live, differing }: Erased): void {
    if (held > 0) this.say(`${count(held, 'session')} on hold stay: hoop audit hold list`)
    if (live > 0) this.say(`${count(live, 'session')} that go on stay.`)
    for (const { session, why } of differing) this.say(plain(`${session} stays, as evidence: ${why}.`))
  }
}
