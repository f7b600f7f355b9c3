import { readFile, writeFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { maskedColumn } from './customers.js'
import { maskedVectors } from './vectors.js'

/** Names of the two connections to the same database. */
export const connections = { plain: 'bench', masked: 'bench-masked' } as const

/** A mask on a table that no row reads: the policy has masks to look for, as policies do, and finds none. */
const elsewhere = { columns: ['public.people.ssn'], with: { keep_last: 4 } }

export const rules = [
  { name: 'no-drop', when: { statement: ['drop', 'truncate'] }, do: 'block' },
  { name: 'blind-write', when: { statement: ['update', 'delete'], where: 'missing' }, do: 'block' },
]

/** @param vectors whether the tables with vectors are there */
const policiesFor = (vectors: boolean) => {
  const embeddings = vectors ? [{ columns: maskedVectors, with: 'vector' }] : []
  return {
    plain: { masks: [elsewhere], rules },
    masked: { masks: [elsewhere, { columns: [maskedColumn], with: 'email' }, ...embeddings], rules },
  }
}

/** Its rows open up to 500 sessions as one person. */
const limits = { sessions_per_person: 1000 }

interface Written {
  gateway: Record<string, unknown>
  connections: Record<string, { access: unknown }>
  policies: Record<string, unknown>
}

/** Puts the policies into what `gateway init` wrote, and a second connection that differs by its policy alone. */
export const writePolicy = async (file: string, group: string, vectors: boolean): Promise<void> => {
  const policies = policiesFor(vectors)
  const config = parse(await readFile(file, 'utf8')) as Written
  const first = config.connections[connections.plain]!
  config.gateway['limits'] = limits
  config.policies = policies
  config.connections = Object.fromEntries(
    Object.entries(connections).map(([policy, name]) => [name, { ...first, access: [{ groups: [group], policy }] }]),
  )
  await writeFile(file, stringify(config))
}
