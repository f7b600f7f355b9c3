import { CommandHelp, Help } from '@oclif/core/help'

class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections()
    return [
      ...sections.filter(({ header }) => header === 'EXAMPLES'),
      ...sections.filter(({ header }) => header !== 'EXAMPLES'),
    ]
  }
}

/** Help as people read it: examples, then usage, arguments and flags. */
export class ExamplesFirstHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst

  override formatRoot(): string {
    return `${super.formatRoot()}\n\nHELP\n  hoop help COMMAND  how a command is used\n  hoop help topics   masks, rules, approvals, budgets, exit statuses, scripts`
  }
}
