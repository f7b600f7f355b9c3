import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { QuestionLimits } from '../../../src/gateway/budgets/questions.js'
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
  await owner.query(`CREATE TABLE papers (id int PRIMARY KEY, author text, embedding vector(3));
    INSERT INTO papers SELECT i, 'author ' || i, ARRAY[i, 1, 2]::real[]::vector FROM generate_series(1, 20) i`)
  await owner.end()
}, 120_000)
afterAll(() => database[Symbol.asyncDispose]())

const serverOf = async (questions: QuestionLimits, distances: 'hide' | 'compare' | 'show' = 'compare', usage?: Usage) =>
  relayServer({
    url: database.url,
    questions,
    ...(usage && { usage }),
    guard: await guardOf(database.url, {
      masks: [{ columns: ['public.papers.author'] }, { columns: ['public.papers.embedding'], distances }],
      predicates: { guesses: '1/day' },
    }),
  })

const connected = async ({ port }: RelayServer): Promise<Client> => {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'anyone',
    database: new URL(database.url).pathname.slice(1),
  })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

/** How many statements are answered before the first is refused, and by which code. */
const answered = async (client: Client, statements: readonly (string | { text: string; values: unknown[] })[]) => {
  for (const [index, each] of statements.entries()) {
    try {
      await client.query(each as string)
    } catch (error) {
      return [index, (error as { routine?: string; message: string }).message] as const
    }
  }
  return [statements.length, ''] as const
}

const used = /questions about masked values is used up/

const guess = 'SELECT id FROM papers WHERE author ='

test.for<[string, readonly (string | { text: string; values: unknown[] })[], number]>([
  ['literals', [`${guess} 'a'`, `${guess} 'a'`, `${guess} 'b'`, `${guess} 'c'`, `${guess} 'd'`], 4],
  ['parameters', ['a', 'b', 'a', 'c', 'd'].map((value) => ({ text: `${guess} $1`, values: [value] })), 4],
  ['members of IN', ["SELECT id FROM papers WHERE author IN ('a', 'b', 'c')", `${guess} 'b'`, `${guess} 'd'`], 2],
  [
    'members of rows',
    [
      "SELECT id FROM papers WHERE (id, author) IN ((1, 'a'), (2, 'b'))",
      `${guess} 'b'`,
      `${guess} 'c'`,
      `${guess} 'd'`,
    ],
    3,
  ],
  ['members of a list that is too long', ["SELECT id FROM papers WHERE author IN ('a', 'b', 'c', 'd')"], 0],
  [
    'members of arrays',
    [
      { text: 'SELECT id FROM papers WHERE author = ANY ($1)', values: [['a', 'b']] },
      "SELECT id FROM papers WHERE author = ANY ('{b,c}')",
      "SELECT id FROM papers WHERE author = ANY (ARRAY['c', 'd'])",
    ],
    2,
  ],
  ['arrays that nobody can count', ["SELECT id FROM papers WHERE author = ANY (string_to_array('a,b', ','))"], 0],
  [
    'what EXECUTE passes',
    [
      `PREPARE p AS ${guess} $1`,
      "EXECUTE p('a')",
      "EXECUTE p('b')",
      "EXECUTE p('a')",
      "EXECUTE p('c')",
      "EXECUTE p('d')",
    ],
    5,
  ],
  ['several statements in one text', [`${guess} 'a'; ${guess} 'b'`, `${guess} 'c'; ${guess} 'd'`], 1],
  [
    'COPY and cursors',
    [
      `COPY (${guess} 'a') TO STDOUT`,
      `BEGIN; DECLARE c CURSOR FOR ${guess} 'b'; COMMIT`,
      `${guess} 'c'`,
      `${guess} 'd'`,
    ],
    3,
  ],
  [
    'thresholds of one vector',
    [0.1, 0.2, 0.2, 0.3, 0.4].map((at) => `SELECT id FROM papers WHERE embedding <=> '[1,2,3]' < ${at}`),
    4,
  ],
])('of guesses by %s, as many as the budget has are answered', async ([, statements, most]) => {
  await using server = await serverOf({ guesses: 3 })
  const client = await connected(server)
  const [count, message] = await answered(client, statements)
  await client.end()
  expect(count).toBe(most)
  if (most < statements.length) expect(message).toMatch(/used up/)
})

test('where nobody can say how many guesses EXECUTE passes, it is each time another one', async () => {
  await using server = await serverOf({ guesses: 2 })
  const client = await connected(server)
  await client.query(`PREPARE settled AS ${guess} $1`)
  for (const value of ['a', 'b']) {
    await client.query(`SET my.guess = '${value}'`)
    await client.query("EXECUTE settled(current_setting('my.guess'))")
  }
  await expect(client.query("EXECUTE settled(current_setting('my.guess'))")).rejects.toThrow(used)
  await client.end()
})

test('vectors that nobody can count are refused where they have a budget', async () => {
  const many = {
    text: `SELECT x.id FROM unnest(string_to_array($1, ';')::vector[]) q (v)
      CROSS JOIN LATERAL (SELECT id FROM papers ORDER BY embedding <=> q.v LIMIT 2) x`,
    values: ['[1,2,3];[2,2,3]'],
  }
  await using server = await serverOf({ queries: 5 })
  const client = await connected(server)
  await expect(client.query(many)).rejects.toThrow(/how many vectors this is can’t be told/)
  await client.end()
  await using open = await serverOf({ guesses: 5 })
  const other = await connected(open)
  expect((await other.query(many)).rows).toHaveLength(4)
  await other.end()
})

const search = (vector: string) => `SELECT id FROM papers ORDER BY embedding <=> '${vector}' LIMIT 2`

test.for<[string, readonly (string | { text: string; values: unknown[] })[], number]>([
  ['literals', [search('[1,2,3]'), search('[1, 2, 3]'), search('[2,2,3]'), search('[3,2,3]')], 3],
  [
    'parameters',
    ['[1,2,3]', '[2,2,3]', '[3,2,3]'].map((value) => ({
      text: 'SELECT id FROM papers ORDER BY embedding <=> $1 LIMIT 2',
      values: [value],
    })),
    2,
  ],
  [
    'members of an array',
    [
      {
        text: `SELECT q.n, x.id FROM unnest($1::vector[]) WITH ORDINALITY q (v, n)
          CROSS JOIN LATERAL (SELECT id FROM papers ORDER BY embedding <=> q.v LIMIT 2) x`,
        values: [['[1,2,3]', '[2,2,3]', '[3,2,3]']],
      },
    ],
    0,
  ],
  [
    'another row’s, which may have changed each time',
    Array.from(
      { length: 3 },
      () => 'SELECT id FROM papers ORDER BY embedding <=> (SELECT embedding FROM papers WHERE id = 1) LIMIT 2',
    ),
    2,
  ],
  [
    'other rows, in one statement',
    [
      `SELECT id FROM papers ORDER BY ${[1, 2, 3].map((id) => `embedding <=> (SELECT embedding FROM papers WHERE id = ${id})`).join(', ')} LIMIT 2`,
    ],
    0,
  ],
  ['conditions', ['1', '2', '3'].map((x) => `SELECT id FROM papers WHERE embedding <=> '[${x},0,0]' < 0.5`), 2],
  [
    'what EXECUTE passes',
    [
      'PREPARE nearest (vector) AS SELECT id FROM papers ORDER BY embedding <=> $1 LIMIT 2',
      ...['1', '1', '2', '3'].map((x) => `EXECUTE nearest('[${x},0,0]')`),
    ],
    4,
  ],
])('of vectors to search for by %s, as many as the budget has are answered', async ([, statements, most]) => {
  await using server = await serverOf({ queries: 2 })
  const client = await connected(server)
  const [count, message] = await answered(client, statements)
  await client.end()
  expect([count, message]).toEqual([most, expect.stringMatching(used)])
})

test('rows that are found by distances end at their budget, and others do not', async () => {
  await using server = await serverOf({ neighbors: 5 }, 'show')
  const client = await connected(server)
  await client.query('SELECT id FROM papers')
  expect((await client.query(search('[1,2,3]'))).rows).toHaveLength(2)
  await expect(client.query("SELECT id, embedding <=> '[1,2,3]' FROM papers")).rejects.toThrow(used)
  await expect(client.query(search('[1,2,3]'))).rejects.toThrow(used)
  await client.query('SELECT id FROM papers')
  await client.end()
})

test('so they do where a cursor or EXECUTE finds them', async () => {
  await using server = await serverOf({ neighbors: 5 })
  const client = await connected(server)
  await client.query(`PREPARE fixed AS ${search('[1,2,3]')}`)
  expect((await client.query('EXECUTE fixed')).rows).toHaveLength(2)
  await client.query(`BEGIN; DECLARE c CURSOR FOR SELECT id FROM papers ORDER BY embedding <=> '[1,2,3]' LIMIT 9`)
  expect((await client.query('FETCH 2 FROM c')).rows).toHaveLength(2)
  await expect(client.query('FETCH 2 FROM c')).rejects.toThrow(used)
  await client.query('ROLLBACK')
  await client.end()
})

test('what was asked is known in another session, and after a restart', async () => {
  await using folder = await tempFolder()
  await using store = await openStore(`sqlite:${folder.path}/hoop.db`)
  const records = new UsageRecords(store)
  const options = { store: records, failed: (error: unknown) => expect(error).toBeUndefined() }
  const run = async (statements: readonly string[]) => {
    await using usage = await Usage.open(options)
    await using server = await serverOf({ guesses: 2, neighbors: 4 }, 'compare', usage)
    const client = await connected(server)
    const result = await answered(client, statements)
    await client.end()
    return result[0]
  }
  expect(await run([`${guess} 'a'`, search('[1,2,3]')])).toBe(2)
  await records.settled()
  expect(await run([`${guess} 'a'`, `${guess} 'b'`, `${guess} 'c'`])).toBe(2)
  await records.settled()
  expect(await run([search('[1,2,3]'), search('[1,2,3]')])).toBe(1)
  await records.settled()
})
