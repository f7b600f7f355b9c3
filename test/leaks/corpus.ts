import { readdirSync, readFileSync } from 'node:fs'

/**
 * A way to get at masked values, from `corpus/*.sql`: what should become of it, and its statements. A file is a class of
 * ways. Blocks are separated by blank lines; each begins with a line `-- answered`, `-- refused CODE` with the gateway's
 * code, or `-- failed SQLSTATE` where the server itself answers with an error, and perhaps more words:
 *
 * - `harmless`: shows nothing even without masks; it is there because it must not be refused
 * - `differs`: may tell two databases apart that differ in masked values only, which docs/masking.md says
 * - `newer`: needs PostgreSQL 18
 * - `once`: is run as simple queries only
 *
 * A line `-- with: a, b` gives values for `$1`, `$2`. `{n}` becomes a number that no other run has.
 */
export interface Attempt {
  readonly file: string
  /** As `outcomeOf` says it. */
  readonly expected: string
  readonly flags: ReadonlySet<string>
  readonly parameters: readonly string[]
  readonly steps: readonly string[]
  readonly title: string
}

const folder = new URL('corpus/', import.meta.url)

/** A semicolon ends a step where it ends a line outside of a function's body. */
const stepsOf = (text: string): string[] => {
  const steps: string[] = []
  let step = ''
  for (const line of text.split('\n')) {
    step += step === '' ? line : `\n${line}`
    const open = (step.match(/\$\$/g) ?? []).length % 2 === 1
    if (open || !line.trimEnd().endsWith(';')) continue
    steps.push(step.trimEnd().slice(0, -1))
    step = ''
  }
  return step.trim() === '' ? steps : [...steps, step]
}

const attempt = (file: string, block: string): Attempt => {
  const lines = block.split('\n')
  const [, expected, more = ''] =
    /^-- (answered|refused [A-Z_]+|failed [0-9A-Z]{5})(?: (.*))?$/.exec(lines[0] ?? '') ?? []
  if (expected === undefined) throw new Error(`${file}: a block begins with “${lines[0]}”`)
  const given = lines.find((line) => line.startsWith('-- with: '))
  const steps = stepsOf(lines.filter((line) => !line.startsWith('-- ')).join('\n'))
  return {
    ...{ file, expected, flags: new Set(more.split(' ')), steps },
    parameters: given?.slice('-- with: '.length).split(', ') ?? [],
    title: `${file}: ${steps.join('; ').replaceAll(/\s+/g, ' ').slice(0, 160)}`,
  }
}

export const readCorpus = (name?: (file: string) => boolean): Attempt[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.sql') && (name?.(file) ?? true))
    .sort()
    .flatMap((file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .split(/\n{2,}/)
        .map((block) => block.trim())
        .filter((block) => block !== '')
        .map((block) => attempt(file.replace('.sql', ''), block)),
    )
