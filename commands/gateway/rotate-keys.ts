import { userInfo } from 'node:os'
import { boolean, string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'

const kinds = ['signing', 'masking', 'ledger'] as const

export default class GatewayRotateKeys extends HoopCommand {
  static override summary = 'Make new keys for a gateway, without ending a session.'
  static override description =
    'A running gateway takes them up by itself. Grants by the former signing key stay good until they expire. Values of ' +
    'hash masks and the vectors that stand in for masked ones change with the masking key: for sessions that begin from ' +
    'then on, while those that are open keep theirs. The ledger’s new key takes over by an entry that both have signed. Run it as the gateway’s user or as root.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --only signing',
    '<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml --reason "quarterly rotation"',
    '<%= config.bin %> <%= command.id %> --dry-run --json',
  ]
  static override flags = {
    config: text({ description: 'configuration file; the keys lie beside it', default: 'hoop.yaml' }),
    only: text({ description: 'one of them', options: [...kinds] }),
    reason: text({ description: 'why, for the log of administrators’ acts' }),
    'dry-run': boolean({ description: 'look, and change nothing', default: false }),
  }

  async run() {
    const { flags } = await this.parse(GatewayRotateKeys)
    const { rotateKeys } = await import('../../src/operator/rotate/rotate-keys.js')
    const rotated = await rotateKeys({
      ...{ config: flags.config, reason: flags.reason, dryRun: flags['dry-run'] },
      only: kinds.find((kind) => kind === flags.only),
      by: userInfo().username,
    })
    const { dryRun, signing, masking, ledger } = rotated
    const would = dryRun ? 'would be ' : ''
    if (signing) {
      const { key, kept, until, dropped } = signing
      this.log(`signing key ${would}replaced${key === undefined ? '' : ` by ${key}`}`)
      this.log(`  ${kept.length} former kept for the grants that they have signed, until ${until}`)
      if (dropped.length > 0) this.log(`  ${dropped.length} dropped: no grant of theirs is good any more`)
    }
    if (masking) {
      this.log(`masking key ${would}replaced: version ${masking.version}, after ${masking.former.join(', ')}`)
      this.log('  hashes, fakes and masked vectors are others in sessions that begin from now on')
    }
    if (ledger) {
      this.log(`ledger key ${would}replaced${ledger.vkey === undefined ? '' : ` by ${ledger.vkey}`}`)
      this.log('  those who verify follow it from the former one by themselves')
    }
    return rotated
  }
}
