import { readFile } from 'node:fs/promises'

export const rights = ['hide', 'compare', 'show'] as const
export type Right = (typeof rights)[number]

/** A search as a store sends it, and what becomes of it. */
export interface Search {
  readonly name: string
  readonly sql: string
  readonly values: readonly (string | number)[]
  /** Sent before it, in the same transaction. */
  readonly setting: string | undefined
  /** Under each right: `answered`, or the code of the refusal. */
  readonly outcome: Readonly<Record<Right, string>>
  /** Columns that are made of distances: they come out under `show`. */
  readonly distances: readonly string[]
  /** Columns that are computed from masked ones in another way: they never come out. */
  readonly computed: readonly string[]
}

const listed = (text: string | undefined): readonly string[] => text?.split(', ') ?? []

const search = (block: string): Search => {
  const [name = '', ...lines] = block.split('\n')
  const said = new Map(lines.flatMap((line) => (/^-- (\w+): (.*)$/.exec(line) ? [line.slice(3)] : [])).map(splitAt))
  const outcome = { hide: 'answered', compare: 'answered', show: 'answered' }
  for (const right of rights) outcome[right] = said.get(right) ?? 'answered'
  return {
    ...{ name, outcome, setting: said.get('transaction') },
    sql: lines
      .filter((line) => !line.startsWith('-- '))
      .join('\n')
      .trimEnd(),
    values: JSON.parse(said.get('with') ?? '[]') as (string | number)[],
    distances: listed(said.get('distances')),
    computed: listed(said.get('computed')),
  }
}

const splitAt = (line: string): readonly [string, string] => {
  const at = line.indexOf(': ')
  return [line.slice(0, at), line.slice(at + 2)]
}

export const readSearches = async (): Promise<readonly Search[]> => {
  const text = await readFile(new URL('sent.sql', import.meta.url), 'utf8')
  const [, ...blocks] = text.split(/^-- @ /m)
  return blocks.map(search)
}
