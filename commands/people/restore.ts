import { string as argument } from '@oclif/core/args'
import { ClientCommand } from '../../src/cli/command.js'
import { plain } from '../../src/cli/text.js'

export default class PeopleRestore extends ClientCommand {
  static override summary = 'Let somebody in again who was shut out. For admins.'
  static override examples = ['<%= config.bin %> <%= command.id %> ada@example.com']
  static override args = {
    person: argument({ required: true, ignoreStdin: true, description: 'name, e-mail address or subject' }),
  }

  async run(): Promise<{ subject: string; name: string }> {
    const { args, flags } = await this.parse(PeopleRestore)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const person = await client.post<{ subject: string; name: string }>('/v1/people/restore', { person: args.person })
    this.log(plain(`${person.name} (${person.subject}) may log in again.`))
    return person
  }
}
