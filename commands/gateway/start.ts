import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { HoopError } from '../../src/lib/errors.js'

export default class GatewayStart extends HoopCommand {
  static override summary = 'Run a gateway.'
  static override description =
    'Logs to stderr: words on a terminal, JSON elsewhere. SIGHUP takes up a changed configuration and certificate, as ' +
    'does a change of the files. SIGTERM and Ctrl-C let live sessions finish within --drain; a second one ends them at once.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --config /etc/hoop/hoop.yaml --drain 5m',
  ]
  static override flags = {
    config: text({ description: 'configuration file', default: 'hoop.yaml' }),
    listen: text({ description: 'where to listen instead (host:port; port 0 takes a free one)' }),
    drain: text({
      description: 'how long live sessions get at the end, e.g. 30s (default: drain in the configuration)',
    }),
  }
  static override jsonLines = true

  async run(): Promise<void> {
    const { flags } = await this.parse(GatewayStart)
    const { parseDuration } = await import('../../src/policy/config/sections/quantities.js')
    const drain = flags.drain === undefined ? undefined : parseDuration(flags.drain === '0' ? '0s' : flags.drain)
    if (flags.drain !== undefined && drain === undefined)
      throw new HoopError('USAGE', `--drain is a duration such as 30s or 5m, not ${flags.drain}`)
    const { runGateway } = await import('../../src/gateway/server/start/run.js')
    const status = await runGateway({
      ...{ config: flags.config, listen: flags.listen, drain, version: this.config.version },
      format: process.stderr.isTTY && !this.jsonEnabled() ? 'pretty' : 'json',
      listening: (url) => {
        this.event({ event: 'listening', url })
        this.say(`hoop gateway is listening at ${url}`)
      },
    })
    this.exit(status)
  }
}
