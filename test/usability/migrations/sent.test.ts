import type { Client, DatabaseError } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { guardOf } from '../../gateway/relay/policy.js'
import { relayServer } from '../../gateway/relay/relay-server.js'
import { freshDatabase } from '../../helpers/database.js'
import { connectTo } from '../stage.js'
import { policies, readTools, type Policy, type Step } from './sequences.js'

const sections: Readonly<Record<Policy, object>> = {
  production: { packs: ['production'] },
  masks: { masks: [{ columns: ['public.staff.salary', 'public.staff.name'], with: 'redact' }] },
}

/** As most drivers send what has no parameters, and as JDBC and libpq’s PQexecParams do. */
const protocols = ['simple', 'extended'] as const

const run = (client: Client, sql: string, protocol: (typeof protocols)[number]): Promise<unknown> => {
  // Several statements can be sent in no other way.
  const several = /;\s*\S/.test(sql.replaceAll(/\$\$[^]*?\$\$/g, ''))
  // `queryMode` is in no declaration of types yet.
  const query = { text: sql, ...(protocol === 'extended' && !several && { queryMode: 'extended' }) }
  return client.query(query)
}

/** By whom a statement is refused: the rule, or the gateway's code. What the server says against one is an error of the corpus. */
const refusalOf = async (client: Client, { sql }: Step, protocol: (typeof protocols)[number]) => {
  try {
    await run(client, sql, protocol)
    return undefined
  } catch (error) {
    const { message, detail = '', hint = '', routine = '' } = error as DatabaseError
    const rule = /The rule is ([\w-]+)/.exec(`${detail} ${hint}`)?.[1]
    return rule ?? (routine.startsWith('hoop/') ? routine.slice(5) : `the server: ${message}`)
  }
}

let statements = 0
let refusals = 0
afterAll(() => console.log(`${statements} statements of migrations were sent, ${refusals} of them refused as stated`))

const cases = readTools().flatMap((tool) =>
  policies.flatMap((policy) => protocols.map((protocol) => [tool.name, policy, protocol, tool] as const)),
)

test.for(cases)('what %s sends under %s passes, or is refused as stated: %s', async ([, policy, protocol, tool]) => {
  await using database = await freshDatabase()
  await (await database.client()).query('CREATE TABLE staff (id int PRIMARY KEY, name text, salary int)')
  await using server = await relayServer({
    url: database.url,
    guard: await guardOf(database.url, sections[policy]),
  })
  const client = await connectTo(server.port)
  const others: string[] = []
  for (const { name, steps } of tool.migrations) {
    let open = false
    for (const step of steps) {
      const expected = step.refusedBy[policy]
      // What the tool would send next is tried as well: of what is refused nothing stays, and of what only others refuse nothing either.
      const undone = open && Object.keys(step.refusedBy).length > 0
      if (undone) await client.query('SAVEPOINT before')
      const said = await refusalOf(client, step, protocol)
      if (undone) await client.query('ROLLBACK TO before')
      else if (said !== undefined) await client.query('ROLLBACK')
      statements++
      if (said !== undefined && said === expected) refusals++
      if (said !== expected)
        others.push(`${name}: ${step.sql}: ${said ?? 'passes'} rather than ${expected ?? 'passes'}`)
      if (/^(begin|start transaction)$/i.test(step.sql)) open = true
      if (/^(commit|rollback)$/i.test(step.sql)) open = false
    }
  }
  await client.end()
  expect(others).toEqual([])
})
