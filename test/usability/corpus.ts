import { readdir, readFile } from 'node:fs/promises'

/** One statement that a tool sent to a real server, as it went over the wire; those in by-hand.json have only the shape. */
export interface SentStatement {
  /** What was asked of the tool. */
  readonly from: string
  /** Of the extended protocol; none means it went as a simple query. */
  readonly params: number
  readonly text: string
}

export interface ToolCorpus {
  readonly name: string
  /** With its version. */
  readonly tool: string
  readonly statements: readonly SentStatement[]
}

export interface Analytic {
  readonly name: string
  /** `later`: it should be answered and is not yet; either will do. */
  readonly expect: 'answered' | 'later' | 'refused'
  readonly sql: string
}

const folder = new URL('corpus/', import.meta.url)

/** What tools send, in the order in which they sent it; of texts that differ in numbers only, the first. */
export const readTools = async (): Promise<ToolCorpus[]> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace('.json', ''),
      ...(JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Omit<ToolCorpus, 'name'>),
    })),
  )
}

const expectation = (words: string): Analytic['expect'] => {
  if (words === 'answered') return 'answered'
  return words === 'answered, later' ? 'later' : 'refused'
}

/** Queries with a name and what is expected: `-- @ name: answered`, or `-- @ name: refused, why`. */
export const readQueries = async (file: string): Promise<Analytic[]> => {
  const text = await readFile(new URL(file, folder), 'utf8')
  const [, ...blocks] = text.split(/^-- @ /m)
  return blocks.map((block) => {
    const [, name, words, sql] = /^(.*): ((?:answered|refused).*)\n([^]*)$/.exec(block) ?? []
    if (name === undefined || words === undefined || sql === undefined) throw new Error(`not understood: ${block}`)
    return { name, expect: expectation(words), sql: sql.trim() }
  })
}
