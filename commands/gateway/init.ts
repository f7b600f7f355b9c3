import { string as text, boolean } from '@oclif/core/flags'
import { string } from '@oclif/core/args'
import { HoopCommand } from '../../src/cli/command.js'

export default class GatewayInit extends HoopCommand {
  static override summary = 'Set up a gateway: configuration, certificates and keys.'
  static override description =
    'Asks on a terminal for what no flag says. A password in --connection is put into a file of its own; without one ' +
    'the configuration names an environment variable.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> gateway',
    '<%= config.bin %> <%= command.id %> gateway --url https://gateway.example.com:8443 --issuer https://login.example.com ' +
      '--connection vectordb=postgres://app@db.internal/vectors?sslmode=verify-full',
  ]
  static override usage = '<%= command.id %> [FOLDER] [FLAGS]'
  static override args = { folder: string({ description: 'where to put it', default: '.' }) }
  static override flags = {
    url: text({ helpValue: 'URL', description: 'address that clients use (https://host:port)' }),
    listen: text({
      helpValue: 'HOST:PORT',
      description: 'where to listen (host:port; default: the port of --url on every interface)',
    }),
    issuer: text({ helpValue: 'URL', description: 'issuer of your identity provider' }),
    'client-id': text({ helpValue: 'ID', description: 'client id registered there (default: hoop-cli)' }),
    connection: text({ description: 'first connection: NAME=postgres://user@host/database', helpValue: 'NAME=URL' }),
    group: text({ helpValue: 'NAME', description: 'group whose members may use it (default: hoop-users)' }),
    force: boolean({ description: 'replace files that are there; they are kept as NAME.bak' }),
    'renew-certificate': boolean({
      description: 'only replace the certificate by a new one of the folder’s own authority',
      exclusive: ['url', 'listen', 'issuer', 'client-id', 'connection', 'group', 'force'],
    }),
  }

  async run() {
    const { args, flags } = await this.parse(GatewayInit)
    if (flags['renew-certificate']) return this.renew(args.folder)
    const { completeAnswers } = await import('../../src/operator/init/questions.js')
    const { initializeGateway } = await import('../../src/operator/init/init.js')
    const terminal = this.interactive ? { input: process.stdin, output: process.stderr } : undefined
    const answers = await completeAnswers({ ...flags, clientId: flags['client-id'] }, terminal)
    const made = await initializeGateway(args.folder, answers, { force: flags.force })
    this.say(`Made in ${made.folder}:`)
    for (const path of made.files) this.say(`  ${path}`)
    for (const path of made.kept) this.say(`Kept what was there: ${path}`)
    for (const name of made.environment) this.say(`Set ${name} before you go on.`)
    this.say('\nNext:')
    for (const command of made.next) this.say(`  ${command}`)
    return made
  }

  private async renew(folder: string) {
    const { renewCertificate } = await import('../../src/operator/init/renew.js')
    const renewed = await renewCertificate(folder)
    this.say(`New certificate in ${renewed.folder}, valid until ${renewed.until.slice(0, 10)}.`)
    for (const path of renewed.kept) this.say(`Kept what was there: ${path}`)
    return renewed
  }
}
