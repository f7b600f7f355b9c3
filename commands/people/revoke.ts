import { string as argument } from '@oclif/core/args'
import { boolean, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import { endedText } from '../../src/cli/people/ended-text.js'
import { momentText } from '../../src/cli/moment.js'
import { plain } from '../../src/cli/text.js'
import type { RevokeAnswer } from '../../src/lib/api.js'

export default class PeopleRevoke extends ClientCommand {
  static override summary =
    'Shut somebody out: their live sessions end at once, and nothing of theirs is taken. For admins.'
  static override description =
    'It holds until hoop people restore, or until the time given, also when the gateway is restarted, and whatever the ' +
    'identity provider says. What the client is told names the reason.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> ada@example.com --reason 'laptop stolen'",
    {
      description: 'For two hours',
      command: "<%= config.bin %> <%= command.id %> ada@example.com --until 2h --reason 'incident 4711'",
    },
  ]
  static override args = {
    person: argument({ required: true, ignoreStdin: true, description: 'name, e-mail address or subject' }),
  }
  static override flags = {
    reason: string({ char: 'r', required: true, helpValue: 'TEXT', description: 'why; they are told, and it is kept' }),
    until: string({ helpValue: 'WHEN', description: 'when it ends by itself: a date, a time, or 2h, 7d from now' }),
    unseen: boolean({ description: 'take PERSON as a subject, though the gateway has not seen it' }),
  }

  async run(): Promise<RevokeAnswer> {
    const { args, flags } = await this.parse(PeopleRevoke)
    const [{ openClient }, { momentAhead }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/lib/when.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { reason, unseen } = flags
    const done = await client.post<RevokeAnswer>('/v1/people/revoke', {
      ...{ person: args.person, reason },
      ...(flags.until !== undefined && { until: momentAhead(flags.until) }),
      ...(unseen && { unseen }),
    })
    const { subject, name, revoked, ended } = done
    const until = revoked.until === undefined ? '' : ` until ${momentText(revoked.until)}`
    this.log(plain(`${name} (${subject}) is shut out${until}, and no login of theirs is taken.`))
    this.log(plain(`Ended: ${endedText(ended)}.`))
    return done
  }
}
