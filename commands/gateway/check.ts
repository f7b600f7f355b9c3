import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { paint, pad, plain } from '../../src/cli/text.js'
import { catalogue } from '../../src/lib/errors.js'

const colors = { ok: 'green', warning: 'yellow', failed: 'red' } as const

export default class GatewayCheck extends HoopCommand {
  static override summary = 'Try everything that a gateway needs.'
  static override description =
    'Configuration, secrets, keys, address, certificate, identity provider, databases, masked columns, state and disk: a ' +
    'line each. Exits with 78 if any of them failed. Changes nothing, and may run beside a running gateway.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml --json',
  ]
  static override flags = { config: text({ description: 'configuration file', default: 'hoop.yaml' }) }

  async run() {
    const { flags } = await this.parse(GatewayCheck)
    const { checkGateway } = await import('../../src/operator/check/check.js')
    const style = paint(process.stdout)
    const results = []
    for await (const result of checkGateway({ config: flags.config, version: this.config.version })) {
      const { name, state, detail, hint } = result
      results.push(result)
      const indent = ' '.repeat(9)
      this.log(
        `${style(colors[state], pad(state, 8))} ${pad(name, 22)} ${plain(detail, '\n').replaceAll('\n', `\n${indent}`)}`,
      )
      if (hint) this.log(`${indent}hint: ${plain(hint)}`)
    }
    if (results.some(({ state }) => state === 'failed')) process.exitCode = catalogue.CONFIG_INVALID.exit
    return results
  }
}
