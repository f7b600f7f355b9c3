/** A command, as the manifest has it. */
export interface ManualCommand {
  readonly id: string
  readonly summary?: string
  readonly description?: string
  readonly usage?: string | readonly string[]
  readonly examples?: readonly (string | { readonly description: string; readonly command: string })[]
  readonly args: Readonly<Record<string, { readonly description?: string; readonly required?: boolean }>>
  readonly flags: Readonly<
    Record<
      string,
      {
        readonly char?: string
        readonly description?: string
        readonly helpValue?: string
        readonly type: 'boolean' | 'option'
        readonly hidden?: boolean
      }
    >
  >
}

/** Text as roff takes it: nothing in it is a request or an escape. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n')

const filled = (text: string, id: string): string =>
  text.replaceAll('<%= config.bin %>', 'hoop').replaceAll('<%= command.id %>', id.replaceAll(':', ' '))

const flagLines = (flags: ManualCommand['flags']): string[] =>
  Object.entries(flags)
    .filter(([, { hidden }]) => !hidden)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, { char, description = '', helpValue = 'VALUE', type }]) => {
      const value = type === 'option' ? `=${helpValue}` : ''
      return [
        '.TP',
        `\\fB${roff(`${char === undefined ? '' : `-${char}, `}--${name}`)}\\fR${roff(value)}`,
        roff(description),
      ]
    })

const usageOf = ({ id, usage, args, flags }: ManualCommand): string => {
  if (usage !== undefined) return filled(typeof usage === 'string' ? usage : usage.join('\n'), id)
  const named = Object.entries(args).map(([name, { required }]) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  )
  return [id.replaceAll(':', ' '), ...named, ...(Object.keys(flags).length > 0 ? ['[FLAGS]'] : [])].join(' ')
}

/**
 * One command's page for man(1).
 * @see man(7)
 */
export function manualPage(command: ManualCommand, version: string): string {
  const { id, summary = '', description = '', examples = [], args, flags } = command
  const name = `hoop-${id.replaceAll(':', '-')}`
  const shown = examples.flatMap((example) => {
    const [words, line] = typeof example === 'string' ? ['', example] : [example.description, example.command]
    return [...(words === '' ? [] : ['.PP', roff(filled(words, id))]), '.nf', `    ${roff(filled(line, id))}`, '.fi']
  })
  return [
    `.TH "${name.toUpperCase()}" 1 "" "hoop ${version}" "hoop"`,
    '.ad l',
    ...['.SH NAME', `${roff(name)} \\- ${roff(filled(summary, id))}`],
    ...['.SH SYNOPSIS', `\\fBhoop\\fR ${roff(usageOf(command))}`],
    ...(description === ''
      ? []
      : [
          '.SH DESCRIPTION',
          ...filled(description, id)
            .split('\n')
            .flatMap((line) => ['.PP', roff(line)]),
        ]),
    ...(Object.keys(args).length === 0 ? [] : ['.SH ARGUMENTS']),
    ...Object.entries(args).flatMap(([arg, { description: words = '' }]) => [
      '.TP',
      `\\fB${roff(arg.toUpperCase())}\\fR`,
      roff(words),
    ]),
    ...(Object.keys(flags).length === 0 ? [] : ['.SH FLAGS', ...flagLines(flags)]),
    ...(shown.length === 0 ? [] : ['.SH EXAMPLES', ...shown]),
    ...['.SH "EXIT STATUS"', `0 where it is done; the others are listed by \\fBhoop help exit\\-statuses\\fR.`],
    ...['.SH "SEE ALSO"', '\\fBhoop\\fR(1), \\fBhoop help topics\\fR'],
    '',
  ].join('\n')
}

/** The page that names all others. */
export const overviewPage = (commands: readonly ManualCommand[], version: string): string =>
  [
    `.TH HOOP 1 "" "hoop ${version}" "hoop"`,
    ...['.SH NAME', 'hoop \\- an access gateway for PostgreSQL and pgvector'],
    ...['.SH SYNOPSIS', '\\fBhoop\\fR COMMAND'],
    '.SH COMMANDS',
    ...commands.flatMap(({ id, summary = '' }) => [
      '.TP',
      `\\fBhoop\\-${roff(id.replaceAll(':', '-'))}\\fR(1)`,
      roff(filled(summary, id)),
    ]),
    '',
  ].join('\n')
