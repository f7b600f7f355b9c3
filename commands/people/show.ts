import { string as argument } from '@oclif/core/args'
import { ClientCommand } from '../../src/cli/command.js'
import { personText } from '../../src/cli/people/person-text.js'
import type { PersonDetail } from '../../src/lib/api/people.js'

export default class PeopleShow extends ClientCommand {
  static override summary = 'Show what somebody can reach now, why and since when, and what they hold.'
  static override description =
    'By the groups that the identity provider named last. Sessions, grants, requests, approvals, and what was done to ' +
    'them; 20 of each, newest first. For admins and auditors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ada@example.com',
    '<%= config.bin %> <%= command.id %> ada@example.com --json',
  ]
  static override args = {
    person: argument({ required: true, ignoreStdin: true, description: 'name, e-mail address or subject' }),
  }

  async run(): Promise<PersonDetail> {
    const { args, flags } = await this.parse(PeopleShow)
    const { openClient } = await import('../../src/agent/api/client.js')
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const person = await client.get<PersonDetail>(`/v1/people/show?${new URLSearchParams(args).toString()}`)
    this.log(personText(person))
    return person
  }
}
