import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { HoopError } from '../../lib/errors.js'
import { readDocument } from '../../policy/config/document/document.js'
import { problemsOf } from '../../policy/config/document/problems.js'

const words = z.string().min(1)

const testCase = z.strictObject({
  name: words.optional(),
  sql: words,
  /** Over the file's own. */
  connection: words.optional(),
  policy: words.optional(),
  groups: z.array(words).min(1).optional(),
  person: words.optional(),
  expect: z.enum(['allow', 'hold', 'refuse']),
  /** Of the rule that must apply. */
  rule: words.optional(),
  code: words.optional(),
  /** Output column → `clean`, a mask's kind, or `redact` for what is computed from masked columns. */
  columns: z.record(z.string(), words).optional(),
})

const schema = z.strictObject({
  connection: words.optional(),
  policy: words.optional(),
  groups: z.array(words).min(1).optional(),
  person: words.optional(),
  cases: z.array(testCase).min(1),
})

export type PolicyCase = Omit<z.output<typeof testCase>, 'connection'> & {
  readonly connection: string
  /** `file:line` */
  readonly at: string
}

const hint = 'Correct the lines named; docs/cli.md describes the file.'

const read = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new HoopError('CONFIG_MISSING', `${path} cannot be read (${code ?? 'error'})`, {
      cause,
      hint: 'Check the path.',
    })
  }
}

/**
 * Reads a file of cases.
 * @throws {HoopError} CONFIG_MISSING; CONFIG_INVALID with a line `file:line:column: …` for each thing that is wrong
 */
export const readCases = async (path: string): Promise<PolicyCase[]> => {
  const source = readDocument(await read(path))
  const { data, error } = schema.safeParse(source.value, { reportInput: true })
  const problems = [...source.problems, ...(error?.issues ?? []).flatMap((issue) => problemsOf(issue, schema, source))]
  const { cases, ...common }: z.output<typeof schema> = data ?? { cases: [] }
  const all = cases.flatMap((one, index) => {
    const position = source.at(['cases', index])
    const connection = one.connection ?? common.connection
    if (connection === undefined) {
      problems.push({ ...position, what: `cases[${index}]: found no connection, expected one here or at the top` })
      return []
    }
    // Who asks is one thing: a case that says anything of it says all of it.
    const asks = one.policy ?? one.groups ?? one.person
    return [{ ...(asks === undefined && common), ...one, connection, at: `${path}:${position.line}` }]
  })
  if (problems.length > 0) {
    const lines = problems
      .sort((one, other) => one.line - other.line || one.column - other.column)
      .map(({ line, column, what }) => `${path}:${line}:${column}: ${what}`)
    throw new HoopError('CONFIG_INVALID', `\n${lines.join('\n')}`, { hint })
  }
  return all
}
