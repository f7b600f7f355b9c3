import { boolean, integer, string } from '@oclif/core/flags'
import { ClientCommand } from '../../src/cli/command.js'
import type { FoundStatements } from '../../src/agent/api/find-statements.js'
import { HoopError } from '../../src/lib/errors.js'
import { count } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'

export default class SessionsStatements extends ClientCommand {
  static override summary = 'Find recorded statements: your own, or everybody’s if you are an auditor.'
  static override examples = [
    {
      description: 'What one person asked a table this week',
      command: '<%= config.bin %> <%= command.id %> --person casey@example.com --table customers --since 7d',
    },
    {
      description: 'Who saw a column, masked or not',
      command: '<%= config.bin %> <%= command.id %> --column customers.ssn',
    },
    { description: 'What a rule refused', command: '<%= config.bin %> <%= command.id %> --rule no-drop --refused' },
    '<%= config.bin %> <%= command.id %> --text "order by embedding" --csv > statements.csv',
  ]
  static override flags = {
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject; their service tokens too' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    session: string({ helpValue: 'ID', description: 'of one session' }),
    table: string({ helpValue: 'NAME', description: 'read, written or shown: schema.table, or a table in any schema' }),
    column: string({ helpValue: 'NAME', description: 'shown, masked or not: schema.table.column, or the end of it' }),
    text: string({ char: 't', helpValue: 'TEXT', description: 'part of the statement, 3 characters at least' }),
    rule: string({ helpValue: 'NAME', description: 'a rule that refused it, warned of it, or had it approved' }),
    refused: boolean({ description: 'only what was refused' }),
    since: string({ helpValue: 'WHEN', description: 'then or later: a date, a time, yesterday, or 2h, 7d ago' }),
    until: string({ helpValue: 'WHEN', description: 'before' }),
    limit: integer({ char: 'n', min: 1, max: 100_000, default: 50, description: 'most to list, newest first' }),
    csv: boolean({ exclusive: ['json'], description: 'as CSV, with all that is known of each' }),
  }

  async run(): Promise<FoundStatements> {
    const { flags } = await this.parse(SessionsStatements)
    if (flags.text !== undefined && [...flags.text].length < 3)
      throw new HoopError('USAGE', '--text takes three characters or more')
    const [{ openClient }, { findStatements }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/find-statements.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const found = await findStatements((path) => client.get(path), flags)
    if (flags.csv) {
      const { statementCsv } = await import('../../src/cli/audit/statement-csv.js')
      await write(process.stdout, statementCsv(found.statements))
    } else if (found.statements.length === 0) this.say('No statement matches.')
    else {
      const { statementTable } = await import('../../src/cli/audit/statement-table.js')
      this.log(statementTable(found.statements, process.stdout.columns))
    }
    if (found.more) this.say(`There are more: raise --limit (${flags.limit}) or narrow the search.`)
    if (found.incomplete > 0)
      this.caution(
        `${count(found.incomplete, 'session')} could not be searched yet, or can’t be read: some statements may be missing`,
      )
    return found
  }
}
