import { once } from 'node:events'
import { hostname } from 'node:os'
import { string } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'
import { HoopError } from '../../src/lib/errors.js'

export default class AuditWitness extends HoopCommand {
  static override summary =
    'Run a witness: it signs each state of a ledger that continues the one before, and no other.'
  static override description =
    'For a machine that the gateway’s operator does not hold. A gateway sends its checkpoints there by ' +
    'gateway.ledger.witnesses. Speaks C2SP tlog-witness over HTTP: everything in it is signed, and nothing secret.'
  static override examples = [
    {
      description: 'Makes its key, prints it, and listens',
      command:
        "<%= config.bin %> <%= command.id %> --key witness.json --listen 0.0.0.0:7380 --log 'gateway.example.com/ledger/1f2e3d4c+…'",
    },
  ]
  static override flags = {
    key: string({ required: true, helpValue: 'FILE', description: 'its key; made where there is none' }),
    name: string({ description: 'name for a key that is made (default: HOST/witness)' }),
    listen: string({ required: true, helpValue: 'HOST:PORT', description: 'where to listen; port 0 takes a free one' }),
    log: string({
      required: true,
      multiple: true,
      helpValue: 'VKEY',
      description: 'verifier key of a ledger to witness',
    }),
    state: string({ helpValue: 'FOLDER', description: 'what it signed last, never to be lost (default: FILE.state)' }),
  }
  static override jsonLines = true

  async run(): Promise<void> {
    const { flags } = await this.parse(AuditWitness)
    const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(flags.listen) ?? []
    const host = bracketed ?? bare
    if (host === undefined || Number(port) > 65_535)
      throw new HoopError('USAGE', `--listen is HOST:PORT, not ${flags.listen}`)
    const { serveWitness } = await import('../../src/operator/witness/serve.js')
    await using served = await serveWitness({
      ...{ key: flags.key, name: flags.name ?? `${hostname()}/witness`, host, port: Number(port) },
      ...{ logs: flags.log, state: flags.state ?? `${flags.key}.state` },
      answered: (status, why) => {
        this.event({ event: 'answered', status, why })
        if (status !== 200) this.say(plain(`answered ${status}: ${why}`))
      },
    })
    this.log(served.vkey)
    this.event({ event: 'listening', url: served.url, vkey: served.vkey })
    this.say(`hoop audit witness is listening at ${served.url}`)
    if (!this.signal.aborted) await once(this.signal, 'abort')
  }
}
