import { readdirSync, readFileSync } from 'node:fs'

export const policies = ['production', 'masks'] as const
export type Policy = (typeof policies)[number]

/** A statement, or several that are sent as one text. */
export interface Step {
  readonly sql: string
  /** Under each policy by which it is refused: the rule that says so, or the gateway's code. */
  readonly refusedBy: Partial<Readonly<Record<Policy, string>>>
}

/** What a tool sends for one migration, in order. */
export interface Migration {
  readonly name: string
  readonly steps: readonly Step[]
}

export interface Tool {
  readonly name: string
  readonly migrations: readonly Migration[]
}

const folder = new URL('sent/', import.meta.url)

/** `-- production: no-drop, why` */
const refusal = /^-- (production|masks): ([A-Za-z_-]+)(, | warns|$)/

/** A semicolon ends a step where it ends a line outside of a body, but for a file that its tool sends as one text. */
const migration = (block: string): Migration => {
  const [name = '', ...lines] = block.split('\n')
  const whole = lines.includes('-- one text')
  const steps: Step[] = []
  let sql = ''
  let refusedBy: Partial<Record<Policy, string>> = {}
  const end = (): void => {
    if (sql.trim() !== '') steps.push({ sql: whole ? sql.trim() : sql.trim().replace(/;$/, ''), refusedBy })
    sql = ''
    refusedBy = {}
  }
  for (const line of lines) {
    const [, policy, rule, then] = refusal.exec(line) ?? []
    if (policy !== undefined && rule !== undefined) {
      if (then !== ' warns') refusedBy = { ...refusedBy, [policy]: rule }
      continue
    }
    if (line === '-- one text') continue
    sql += `${line}\n`
    const inBody = (sql.match(/\$\$/g) ?? []).length % 2 === 1
    if (!whole && !inBody && line.endsWith(';')) end()
  }
  end()
  return { name, steps }
}

/** Migrations as tools write them: `sent/*.sql`. Each says of its statements by which rule they are refused, and why. */
export const readTools = (): readonly Tool[] =>
  readdirSync(folder)
    .sort()
    .map((file) => {
      const [, ...blocks] = readFileSync(new URL(file, folder), 'utf8').split(/^-- @ /m)
      return { name: file.replace('.sql', ''), migrations: blocks.map(migration) }
    })
