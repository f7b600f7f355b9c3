import { string as argument } from '@oclif/core/args'
import { string as text } from '@oclif/core/flags'
import { HoopCommand } from '../../src/cli/command.js'
import { table } from '../../src/cli/table.js'
import { paint, plain } from '../../src/cli/text.js'
import { HoopError } from '../../src/lib/errors.js'
import type { Explanation } from '../../src/policy/explanation.js'

interface Terms {
  readonly policy: string
  readonly database: string
  readonly clear: boolean
  readonly login?: string
}

const colors = { allow: 'green', hold: 'yellow', refuse: 'red' } as const

export default class PolicyExplain extends HoopCommand {
  static override summary = 'Show what a policy makes of a statement, column by column.'
  static override description =
    'The verdict, the rules that apply, and for each column where it comes from, what is done to it and by which line of ' +
    'the configuration. The statement is parsed and described over the gateway’s own connection, and not run.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> vectordb "SELECT name, email FROM customers"',
    '<%= config.bin %> <%= command.id %> vectordb "DROP TABLE customers" --group contractors --json',
  ]
  static override args = {
    name: argument({ description: 'connection of the configuration', required: true, ignoreStdin: true }),
    sql: argument({ description: 'statement; from standard input where it is left out' }),
  }
  static override flags = {
    config: text({ description: 'configuration file', default: 'hoop.yaml' }),
    policy: text({ description: 'policy, where the connection has several', helpValue: 'NAME' }),
    group: text({ description: 'as somebody of this group; may be given again', multiple: true }),
    person: text({ description: 'as this person', helpValue: 'SUBJECT|EMAIL' }),
  }

  async run() {
    const { args, flags } = await this.parse(PolicyExplain)
    const sql = args.sql
    if (sql === undefined) throw new HoopError('USAGE', 'there is no statement')
    const { loadFor, openExplainer } = await import('../../src/operator/explain/explainer.js')
    const loaded = await loadFor(flags.config, args.name)
    const { policy, group: groups, person } = flags
    await using explainer = await openExplainer({
      loaded,
      connection: args.name,
      ...(policy !== undefined && { policy }),
      ...(groups && { groups }),
      ...(person !== undefined && { person }),
    })
    const explanation = await explainer.explain(sql)
    this.show(explanation, explainer)
    const { policy: name, database, clear, login } = explainer
    return {
      connection: args.name,
      policy: name,
      database,
      ...(login !== undefined && { login }),
      clear,
      ...explanation,
    }
  }

  private show(explanation: Explanation, { policy, database, clear, login }: Terms): void {
    const { verdict, code, reason, hint, position, rules, statements } = explanation
    const style = paint(process.stdout)
    const where = plain(`(policy ${policy}, database ${database}${login === undefined ? '' : ` as ${login}`})`)
    this.log([style(colors[verdict], verdict), ...(code ? [code] : []), where].join(' '))
    if (clear) this.log('These people see masked columns in the clear; recordings stay masked.')
    if (reason) this.log(plain(reason))
    if (position !== undefined) this.log(`at character ${position}`)
    if (hint) this.log(`hint: ${plain(hint)}`)
    for (const { rule, does, when, observed, message, at } of rules)
      this.log(
        plain(
          `rule ${rule}: ${does}${when ? ` ${when}` : ''}${observed ? ' (only observed)' : ''}${message ? `, ${message}` : ''}  ${at ?? ''}`,
        ),
      )
    for (const [index, { kind, reads, writes, columns, database }] of statements.entries()) {
      this.log('')
      if (statements.length > 1) this.log(`statement ${index + 1}: ${kind}`)
      if (reads.length > 0) this.log(plain(`reads ${reads.join(', ')}`))
      if (writes.length > 0) this.log(plain(`writes ${writes.join(', ')}`))
      if (database !== undefined) this.log(plain(`the database says: ${database}`))
      if (columns)
        this.log(
          table(
            ['column', 'from', 'what is done', 'by'],
            columns.map(({ name, from, words, at }) => [name, from.join(', '), words, at.join(', ')]),
          ),
        )
    }
  }
}
