import { readFile, writeFile } from 'node:fs/promises'
import { parse, stringify } from 'yaml'
import { maskedColumn } from './customers.js'
import { maskedVectors } from './vectors.js'

/** Names of the connections to the same database. */
export const connections = { plain: 'bench', masked: 'bench-masked', counted: 'bench-counted' } as const

/** A mask on a table that no row reads: the policy has masks to look for, as policies do, and finds none. */
const elsewhere = { columns: ['public.people.ssn'], with: { keep_last: 4 } }

export const rules = [
  { name: 'no-drop', when: { statement: ['drop', 'truncate'] }, do: 'block' },
  { name: 'blind-write', when: { statement: ['update', 'delete'], where: 'missing' }, do: 'block' },
]

/** Budgets that nothing here uses up: what is measured is the counting. */
const most = { rows: 1e12, bytes: '900000GB', vectors: 1e12 }
const budgets = { statement: most, session: most, identity: { ...most, per: 'day' } }

/** @param vectors whether the tables with vectors are there */
const policiesFor = (vectors: boolean) => {
  const embeddings = vectors ? [{ columns: maskedVectors, with: 'vector' }] : []
  return {
    plain: { masks: [elsewhere], rules },
    counted: { masks: [elsewhere], rules, budgets },
    masked: { masks: [elsewhere, { columns: [maskedColumn], with: 'email' }, ...embeddings], rules },
  }
}

/** Its rows open up to 500 sessions as one person. */
const limits = { sessions_per_person: 1000, rates: { tunnels: { per_person: 'off', per_address: 'off' } } }

interface Written {
  gateway: Record<string, unknown>
  connections: Record<string, { access: unknown }>
  policies: Record<string, unknown>
}

/** Puts the policies into what `gateway init` wrote, and connections beside the first that differ by their policy alone. */
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
