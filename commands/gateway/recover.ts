import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { count, plain } from '../../src/cli/text.js'

export default class GatewayRecover extends HoopCommand {
  static override summary =
    'Rebuild the index of sessions and statements from recordings and ledger, of a gateway that is stopped.'
  static override description =
    'For a store that was lost, or put back to an earlier state. A start does the same where it sees that the store is older than the ledger. ' +
    'Nothing that is there is overwritten, and a recording that is not what the ledger has makes no row. It says what can’t be rebuilt. Run it as the gateway’s user.'
  static override examples = ['<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml']
  static override flags = {
    config: text({ description: 'configuration file; the keys lie beside it', default: 'hoop.yaml' }),
  }

  async run() {
    const { flags } = await this.parse(GatewayRecover)
    const [{ recoverStore }, { createLog }] = await Promise.all([
      import('../../src/gateway/server/start/recover-store.js'),
      import('../../src/gateway/server/log/log.js'),
    ])
    const format = process.stderr.isTTY && !this.jsonEnabled() ? 'pretty' : 'json'
    const found = await recoverStore({
      ...{ config: flags.config, version: this.config.version, env: this.env },
      log: createLog(format),
    })
    const { sessions, fromLedger, leftOut, notRebuilt } = found
    this.log(`${count(sessions, 'session')} rebuilt from recordings, ${fromLedger} from the ledger alone.`)
    for (const { session, why } of leftOut) this.log(plain(`${session}: ${why}`))
    this.say('If the store was lost, these are gone:')
    for (const one of notRebuilt) this.say(`  ${one}`)
    this.say('Check what there is with: hoop audit verify')
    return found
  }
}
