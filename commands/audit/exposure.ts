import { boolean, string } from '@oclif/core/flags'
import { isReadOut } from '../../src/cli/accessible.js'
import { ClientCommand } from '../../src/cli/command.js'
import type { Exposure } from '../../src/lib/api/statements.js'
import { count, paint } from '../../src/cli/text.js'
import { write } from '../../src/cli/write.js'

export default class AuditExposure extends ClientCommand {
  static override summary = 'Say what left: of which columns how much, masked or clear, by whom and when.'
  static override description =
    'Of your own sessions, or of everybody’s if you are an auditor or an administrator. What counts: docs/audit.md.'
  static override examples = [
    {
      description: 'What somebody saw in a week',
      command: '<%= config.bin %> <%= command.id %> --person casey@example.com --since 7d',
    },
    { description: 'Who saw a table', command: '<%= config.bin %> <%= command.id %> --table customers' },
    '<%= config.bin %> <%= command.id %> --since 2026-11-01 --until 2026-12-01 --html november.html',
  ]
  static override flags = {
    person: string({ char: 'p', helpValue: 'NAME', description: 'name or subject; their service tokens too' }),
    connection: string({ char: 'c', helpValue: 'NAME', description: 'name of a connection' }),
    table: string({ helpValue: 'NAME', description: 'columns of one table: schema.table, or a table in any schema' }),
    since: string({ helpValue: 'WHEN', description: 'then or later: a date, a time, yesterday, or 2h, 7d ago' }),
    until: string({ helpValue: 'WHEN', description: 'before' }),
    csv: boolean({ exclusive: ['json', 'html'], description: 'one line for each person and column' }),
    html: string({ helpValue: 'FILE', description: 'into one file for a browser, which needs nothing else' }),
  }

  async run(): Promise<Exposure> {
    const { flags } = await this.parse(AuditExposure)
    const [{ openClient }, { findExposure }, { question }] = await Promise.all([
      import('../../src/agent/api/client.js'),
      import('../../src/agent/api/find-statements.js'),
      import('../../src/cli/audit/exposure-lines.js'),
    ])
    const client = await openClient({ env: this.env, gateway: flags.gateway, signal: this.signal })
    const { person, connection, table, since, until, csv, html } = flags
    const exposure = await findExposure((path) => client.get(path), { person, connection, table, since, until })
    const about = question({ person, connection, table }, exposure)
    if (html !== undefined) await this.#page(html, exposure, about)
    else if (csv) {
      const { exposureCsv } = await import('../../src/cli/audit/exposure-csv.js')
      await write(process.stdout, exposureCsv(exposure))
    } else if (exposure.people.length + exposure.refusals.length === 0) this.say('Nothing matches.')
    else await this.#text(exposure, about)
    if (exposure.incomplete > 0)
      this.caution(
        `${count(exposure.incomplete, 'session')} could not be counted yet, or can’t be read: more may have left`,
      )
    return exposure
  }

  async #text(exposure: Exposure, about: string): Promise<void> {
    const { exposureText } = await import('../../src/cli/audit/exposure-text.js')
    const { isTTY, columns } = process.stdout
    const strong = (text: string) => paint(process.stdout)('red', text)
    this.log(
      exposureText(exposure, about, {
        columns: isTTY ? columns : Infinity,
        bars: isReadOut(this.env) ? '' : isTTY ? '█' : '#',
        strong,
      }),
    )
  }

  /** Only for who asked: it has what people did. */
  async #page(file: string, exposure: Exposure, about: string): Promise<void> {
    const [{ writeFile }, { exposureHtml }] = await Promise.all([
      import('node:fs/promises'),
      import('../../src/cli/audit/exposure-html.js'),
    ])
    await writeFile(file, exposureHtml(exposure, about, new Date()), { mode: 0o600 })
    this.say(`Written to ${file}.`)
  }
}
