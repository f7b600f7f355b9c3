import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Usage } from '../../../src/gateway/budgets/usage.js'
import { openStore } from '../../../src/store/open.js'
import { UsageRecords } from '../../../src/store/usage.js'
import { vectorDatabase } from '../../helpers/pgvector.js'
import { tempFolder } from '../../helpers/temp.js'
import { guardOf } from './policy.js'
import { relayServer, type RelayServer } from './relay-server.js'

let database: Awaited<ReturnType<typeof vectorDatabase>>

beforeAll(async () => {
  database = await vectorDatabase()
  const owner = new Client({ connectionString: database.url })
  await owner.connect()
  await owner.query(`CREATE TABLE notes (id int PRIMARY KEY, place int, embedding vector(3));
    INSERT INTO notes SELECT i, i, ARRAY[i, 1, 2]::real[]::vector FROM generate_series(1, 20) i`)
  await owner.end()
}, 120_000)
afterAll(() => database[Symbol.asyncDispose]())

/** So many guesses a person has on a day. */
const budget = 4

const guard = () =>
  guardOf(database.url, {
    masks: [{ columns: ['public.notes.embedding'], distances: 'compare' }],
    predicates: { guesses: '1/day' },
  })

const serverOf = async (usage?: Usage) =>
  relayServer({
    url: database.url,
    questions: { guesses: budget, queries: 1 },
    guard: await guard(),
    ...(usage && { usage }),
  })

const connected = async ({ port }: RelayServer): Promise<Client> => {
  const client = new Client({ host: '127.0.0.1', port, user: 'x', database: new URL(database.url).pathname.slice(1) })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

type Statement = string | { name?: string; text: string; values: unknown[] }

/** @returns the code of the gateway's refusal, or `answered` */
const asked = async (client: Client, statements: readonly Statement[]): Promise<string> => {
  try {
    for (const each of statements) await client.query(each as string)
    return 'answered'
  } catch (error) {
    await client.query('ROLLBACK')
    const { message, routine = '' } = error as { message: string; routine?: string }
    return /used up/.test(message) ? 'used up' : routine.startsWith('hoop/') ? routine.slice(5) : message
  }
}

/** Thresholds as a search by halving takes them. */
const halving = Array.from({ length: 10 }, (_, step) => Number((0.3 + 2 ** -(step + 2)).toFixed(6)))

/** How many thresholds are answered before the first is refused. */
const answered = async (client: Client, question: Question, thresholds: readonly number[] = halving) => {
  for (const [index, at] of thresholds.entries()) {
    const answer = await asked(client, question(at, String(index)))
    if (answer !== 'answered') return [index, answer] as const
  }
  return [thresholds.length, 'answered'] as const
}

type Question = (at: number, name: string) => readonly Statement[]

const d = "embedding <=> '[1,2,3]'"
const where =
  (condition: (at: number) => string): Question =>
  (at) => [`SELECT id FROM notes WHERE ${condition(at)}`]

const ways: Readonly<Record<string, readonly [most: number, Question]>> = {
  'a literal': [4, where((at) => `${d} < ${at}`)],
  'a literal on the left': [4, where((at) => `${at} > ${d}`)],
  'a quoted literal': [4, where((at) => `${d} < '${at}'`)],
  'a cast': [4, where((at) => `${d} < '${at}'::numeric::float8`)],
  'the function': [4, where((at) => `cosine_distance(embedding, '[1,2,3]') < ${at}`)],
  'a parameter': [4, (at) => [{ text: `SELECT id FROM notes WHERE ${d} < $1`, values: [at] }]],
  'two parameters': [
    4,
    (at) => [{ text: 'SELECT id FROM notes WHERE embedding <=> $1 < $2', values: ['[1,2,3]', at] }],
  ],
  'a statement that is prepared once and run later': [
    4,
    (at) => [{ name: 'kept', text: `SELECT id FROM notes WHERE ${d} < $1`, values: [at] }],
  ],
  'EXECUTE of what SQL prepared': [
    4,
    (at, name) => [`PREPARE e_${name} (float8) AS SELECT id FROM notes WHERE ${d} < $1`, `EXECUTE e_${name} (${at})`],
  ],
  'EXECUTE of a literal': [
    4,
    (at, name) => [`PREPARE l_${name} AS SELECT id FROM notes WHERE ${d} < ${at}`, `EXECUTE l_${name}`],
  ],
  'a cursor': [
    4,
    (at) => ['BEGIN', `DECLARE c CURSOR FOR SELECT id FROM notes WHERE ${d} < ${at}`, 'FETCH ALL FROM c', 'COMMIT'],
  ],
  COPY: [4, (at) => [`COPY (SELECT id FROM notes WHERE ${d} < ${at}) TO STDOUT`]],
  'a CTE': [4, (at) => [`WITH t (x) AS (VALUES (${at})) SELECT id FROM notes, t WHERE ${d} < x`]],
  'a CTE that selects it': [4, (at) => [`WITH t AS (SELECT ${at} AS x) SELECT id FROM notes, t WHERE ${d} < t.x`]],
  'a subquery': [4, (at) => [`SELECT id FROM notes, (SELECT ${at} AS x) t WHERE ${d} < x`]],
  'a distance from below': [4, (at) => [`SELECT id FROM (SELECT id, ${d} AS d FROM notes) s WHERE d < ${at}`]],
  EXISTS: [
    4,
    (at) => [`SELECT place FROM notes n WHERE EXISTS (SELECT 1 FROM notes m WHERE m.id = n.id AND m.${d} < ${at})`],
  ],
  CASE: [4, where((at) => `CASE WHEN ${d} < ${at} THEN true ELSE false END`)],
  'CASE over the threshold': [4, where((at) => `${d} < CASE WHEN true THEN ${at} ELSE 0 END`)],
  'CASE to sort by': [0, (at) => [`SELECT id FROM notes ORDER BY CASE WHEN ${d} < ${at} THEN 0 ELSE 1 END LIMIT 5`]],
  BETWEEN: [4, where((at) => `${d} BETWEEN 0 AND ${at}`)],
  'NOT BETWEEN SYMMETRIC': [4, where((at) => `${d} NOT BETWEEN SYMMETRIC ${at} AND 9`)],
  'a difference': [4, where((at) => `(${d}) - ${at} < 0`)],
  'a shift': [4, where((at) => `(${d}) + ${at} < 0.9`)],
  'a factor': [4, where((at) => `(${d}) * ${at} < 0.1`)],
  'a factor behind the point': [4, where((at) => `(${d}) * 1000 < ${at * 1000}`)],
  'a similarity': [4, where((at) => `1 - (${d}) > ${at}`)],
  'arithmetic on the threshold': [4, where((at) => `${d} < ${at} / 2 + ${at} / 2`)],
  'a sign': [4, where((at) => `sign((${d}) - ${at}) = 1`)],
  'the lesser': [4, where((at) => `least(${d}, ${at}) = ${at}`)],
  rounding: [4, where((at) => `floor((${d}) / ${at}) = 0`)],
  equality: [4, where((at) => `${d} = ${at}`)],
  NULLIF: [4, where((at) => `nullif(${d}, ${at}) IS NULL`)],
  'IS DISTINCT FROM': [4, where((at) => `${d} IS DISTINCT FROM ${at}`)],
  width_bucket: [4, where((at) => `width_bucket(${d}, 0, ${at}, 1) = 1`)],
  'a truth value': [4, where((at) => `(${d} < ${at}) IS TRUE`)],
  HAVING: [4, (at) => [`SELECT place FROM notes GROUP BY place HAVING min(${d}) < ${at}`]],
  FILTER: [4, (at) => [`SELECT count(*) FILTER (WHERE ${d} < ${at}) FROM notes`]],
  'a join': [4, (at) => [`SELECT a.id FROM notes a JOIN notes b ON a.id = b.id AND a.${d} < ${at}`]],
  'a shared threshold of a union': [
    4,
    (at) => [`SELECT id FROM notes WHERE ${d} < ${at} UNION ALL SELECT id FROM notes WHERE ${d} < ${at}`],
  ],
  'two of one statement': [2, where((at) => `${d} < ${at} OR ${d} > ${at + 1}`)],
  'several statements of one text': [
    2,
    (at) => [`SELECT id FROM notes WHERE ${d} < ${at}; SELECT id FROM notes WHERE ${d} > ${at + 1}`],
  ],
}

test.for(Object.entries(ways))('a search by halving ends at the budget, by %s', async ([, [most, question]]) => {
  await using server = await serverOf()
  const client = await connected(server)
  const result = await answered(client, question)
  // What was asked may be asked again.
  const again = most > 0 ? await asked(client, question(halving[0]!, 'again')) : 'answered'
  await client.end()
  expect([...result, again]).toEqual([most, 'used up', 'answered'])
})

const refused: Readonly<Record<string, Question>> = {
  'a setting of the session': (at) => [
    `SET my.threshold = '${at}'`,
    `SELECT id FROM notes WHERE ${d} < current_setting('my.threshold')::float8`,
  ],
  'a setting of the server': (at) => [
    `SET seq_page_cost = ${at}`,
    `SELECT id FROM notes WHERE ${d} < current_setting('seq_page_cost')::float8`,
  ],
  'the clock': where(() => `${d} < extract(epoch FROM now())`),
  chance: where(() => `${d} < random()`),
  'another table’s rows': (at) => [`SELECT n.id FROM notes n, generate_series(0, ${at}, 0.01) t WHERE ${d} < t`],
  'a scalar subquery': where((at) => `${d} < (SELECT ${at})`),
  'a choice by another column': where((at) => `${d} < CASE WHEN place > 9 THEN ${at} ELSE 0 END`),
  'another column': where((at) => `${d} < place * ${at}`),
  'ANY of an array': where((at) => `${d} < ANY (ARRAY[${at}, 0.2])`),
  'a range': where((at) => `numrange(0, ${at}) @> (${d})::numeric`),
  'a row': where((at) => `(${d}, 1) < (${at}, 1)`),
}

test.for(Object.entries(refused))('no threshold comes from %s', async ([, question]) => {
  await using server = await serverOf()
  const client = await connected(server)
  const [first, second] = [await answered(client, question), await answered(client, question, [0.5])]
  await client.end()
  expect([first, second]).toEqual([
    [0, 'COLUMN_MASKED'],
    [0, 'COLUMN_MASKED'],
  ])
})

test('what EXECUTE passes from a setting counts anew each time', async () => {
  await using server = await serverOf()
  const client = await connected(server)
  await client.query(`PREPARE from_setting (float8) AS SELECT id FROM notes WHERE ${d} < $1`)
  const result = await answered(client, (at) => [
    `SET my.threshold = '${at}'`,
    "EXECUTE from_setting (current_setting('my.threshold')::float8)",
  ])
  await client.end()
  expect(result).toEqual([budget, 'used up'])
})

test('one search is counted over all ways to ask, sessions and gateways of a person', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.path}/hoop.db`)
  const records = new UsageRecords(store)
  let now = Date.UTC(2026, 0, 5, 12)
  const options = { store: records, failed: (error: unknown) => expect(error).toBeUndefined(), clock: () => now }
  const literal = ways['a literal']![1]
  const parameter = ways['a parameter']![1]
  {
    await using usage = await Usage.open(options)
    await using server = await serverOf(usage)
    const [one, other] = [await connected(server), await connected(server)]
    expect(await answered(one, literal, halving.slice(0, 2))).toEqual([2, 'answered'])
    expect(await answered(other, parameter, halving.slice(2))).toEqual([2, 'used up'])
    // The parameter was the same question as the literal is.
    expect(await answered(one, literal)).toEqual([budget, 'used up'])
    await Promise.all([one.end(), other.end()])
  }
  await records.settled()
  await using usage = await Usage.open(options)
  await using server = await serverOf(usage)
  const client = await connected(server)
  expect(await answered(client, literal)).toEqual([budget, 'used up'])
  // The next day begins in UTC, and nothing of the day before is known any more.
  now = Date.UTC(2026, 0, 6)
  expect(await answered(client, literal, halving.slice(4))).toEqual([budget, 'used up'])
  expect(await answered(client, literal)).toEqual([0, 'used up'])
  // A clock that is set back gives nothing.
  now = Date.UTC(2026, 0, 5, 13)
  expect(await answered(client, literal)).toEqual([0, 'used up'])
  await client.end()
  await records.settled()
})
