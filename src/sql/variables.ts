import { scan } from 'libpg-query'
import { HoopError } from '../lib/errors.js'

/** A statement and the values of its parameters, `$1` first. */
export interface Bound {
  readonly text: string
  readonly values: readonly string[]
}

/**
 * Puts a parameter where a text names a variable, as psql writes it: `:name`, or `:'name'`. PostgreSQL's own scanner says
 * where: what stands in strings, comments and casts stays. In a slice (`a[lo:hi]`) `:hi` is the variable where one of that name
 * is set, and the column otherwise, as in psql.
 * @param variables values by name; of each at least one place has to be there
 * @throws {HoopError} USAGE
 */
export async function bindVariables(sql: string, variables: ReadonlyMap<string, string>): Promise<Bound> {
  const bytes = Buffer.from(sql)
  const { tokens } = await scan(sql).catch((cause: unknown) => {
    throw new HoopError('USAGE', 'the SQL can’t be taken apart, so that no variable can be put into it', {
      cause,
      hint: 'Look for a quote or a comment that doesn’t end.',
    })
  })
  const numbers = new Map<string, number>()
  let text = ''
  let from = 0
  tokens.forEach((token, i) => {
    if (token.tokenName === 'PARAM')
      throw new HoopError('USAGE', `the SQL has ${token.text} beside variables`, { hint: 'Give it a name: :name' })
    const next = tokens[i + 1]
    if (token.text !== ':' || next?.start !== token.end) return
    const name = nameOf(next.text)
    if (name === undefined || !variables.has(name)) return
    if (next.text.startsWith('"'))
      throw new HoopError('USAGE', `:${next.text} would be a name, and only values can be variables`, {
        hint: 'Write the name itself into the SQL.',
      })
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1)
    // Blanks: without them `a[lo:hi]` would become the one name `lo$1`.
    text += `${bytes.toString('utf8', from, token.start)} $${numbers.get(name)} `
    from = next.end
  })
  const unused = [...variables.keys()].find((name) => !numbers.has(name))
  if (unused !== undefined)
    throw new HoopError('USAGE', `the SQL has no :${unused}`, { hint: 'Write :name where its value belongs.' })
  return {
    text: text + bytes.toString('utf8', from),
    values: [...numbers.keys()].map((name) => variables.get(name) ?? ''),
  }
}

const nameOf = (word: string): string | undefined =>
  /^(?:'([A-Za-z_]\w*)'|"([A-Za-z_]\w*)"|([A-Za-z_]\w*))$/.exec(word)?.slice(1).find(Boolean)
