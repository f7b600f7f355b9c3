import { string as text } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { Progress } from '../../src/cli/progress.js'
import { momentOf } from '../../src/lib/when.js'

export default class AuditExport extends ClientCommand {
  static override summary =
    'Write the gateway’s record into one file that hoop audit verify checks alone. For auditors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> record.tar',
    '<%= config.bin %> <%= command.id %> week.tar --since 7d',
  ]
  static override args = {
    file: text({ required: true, ignoreStdin: true, description: 'must not be there yet' }),
  }
  static override flags = {
    since: string({ helpValue: 'WHEN', description: 'leave out recordings of days before; the ledger is whole' }),
  }

  async run() {
    const { args, flags } = await this.parse(AuditExport)
    const [{ openClient }, { writeNew }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/operator/audit/write-new.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const query = flags.since === undefined ? '' : `?since=${encodeURIComponent(momentOf(flags.since))}`
    using bar = new Progress(!this.jsonEnabled())
    const bytes = await writeNew(args.file, client.bytes(`/v1/audit/bundle${query}`), (done) =>
      bar.show(`received ${Math.ceil(done / 1024)} KiB`, done),
    )
    bar[Symbol.dispose]()
    this.say(`Wrote ${args.file}. Check it anywhere with: hoop audit verify --bundle ${args.file}`)
    return { file: args.file, bytes }
  }
}
