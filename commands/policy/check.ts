import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'

export default class PolicyCheck extends HoopCommand {
  static override summary = 'Check the configuration’s file alone.'
  static override description =
    'Says what is wrong, by line, and exits with 78; connects to nothing, and a secret that is missing here is no mistake. ' +
    'hoop gateway check tries the rest: databases, masked columns, keys, certificates.'
  static override examples = ['<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml']
  static override flags = { config: text({ description: 'configuration file', default: 'hoop.yaml' }) }

  async run() {
    const { flags } = await this.parse(PolicyCheck)
    const { checkFile } = await import('../../src/policy/config/check-file.js')
    const { warnings, secrets } = await checkFile(flags.config)
    for (const warning of [...warnings, ...secrets]) this.caution(plain(warning, '\n'))
    this.log(plain(`${flags.config} is valid.`))
    return { config: flags.config, valid: true, warnings, secrets }
  }
}
