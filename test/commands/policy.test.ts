import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GatewayFolder, gatewayFolder } from '../helpers/gateway-folder.js'
import { type FreshDatabase, freshDatabase } from '../helpers/database.js'
import { hoop } from '../helpers/command/hoop.js'
import type { Explanation } from '../../src/policy/explanation.js'
import { parseDatabaseUrl } from '../../src/operator/init/answers.js'

const policies = `policies:
  default:
    clear_for: [dpo]
    masks:
      - { columns: [public.people.email], with: email }
      - { columns: [public.people.ssn], with: { keep_last: 4 } }
    rules:
      - { name: no-drop, when: { statement: [drop] }, do: block }
  search:
    masks:
      - { columns: [public.papers.embedding], with: redact, distances: compare, nulls: hide }
      - { columns: [public.papers.author], with: redact }
    predicates: { default: equality, columns: { public.papers.author: deny }, guesses: 100/day }
    vectors: { k: 50, queries: 200/day, neighbors: 20000/day }
`

let database: FreshDatabase
let folder: GatewayFolder
beforeAll(async () => {
  database = await freshDatabase()
  const client = await database.client()
  await client.query(`CREATE TABLE people (id int PRIMARY KEY, email text, ssn text, name text, note text)`)
  folder = await gatewayFolder({
    connection: { name: 'vectordb', ...parseDatabaseUrl(`${database.url}?sslmode=disable`) },
  })
  await folder.edit(/^policies:[^]*/m, policies)
})
afterAll(async () => {
  await folder[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const run = (...args: string[]) => hoop(args, { home: folder.path, cwd: folder.path })
const lineOf = (part: string) => new RegExp(`hoop\\.yaml:\\d+:\\d+.*`).exec(part)?.[0]

test('hoop policy explain says of each column where it comes from, what is done, and by which line', async () => {
  const { status, stdout } = await run(
    'policy',
    'explain',
    'vectordb',
    'SELECT id, email AS mail, ssn, now() FROM people',
  )
  expect(status).toBe(0)
  const [, mail, ssn, now] = stdout.split('\n').slice(-5)
  expect(stdout).toMatch(/^allow \(policy default, database test_/)
  expect(mail).toMatch(/^mail +public\.people\.email +masked: email +hoop\.yaml:\d+:21$/)
  expect(ssn).toMatch(/^ssn +public\.people\.ssn +masked: keep_last 4 +hoop\.yaml:\d+:21$/)
  expect(lineOf(mail!)).not.toBe(lineOf(ssn!))
  expect(now).toMatch(/^now +- +clean +-$/)
})

test('hoop policy explain says what a column is looked through for, and by which line', async () => {
  await folder.edit(
    /^ {4}rules:/m,
    '      - { detect: [email, us_ssn], except: [public.people.note], with: redact }\n    rules:',
  )
  const { stdout } = await run(
    'policy',
    'explain',
    'vectordb',
    'SELECT id, email, name, note, name || 1 AS x FROM people',
  )
  const [id, email, name, note, computed] = stdout.split('\n').slice(-6)
  expect(id).toMatch(/ clean +-$/)
  expect(email).toContain('masked: email')
  expect(name).toMatch(
    /^name +public\.people\.name +clean but for email, us_ssn +hoop\.yaml:\d+:20, hoop\.yaml:\d+:27$/,
  )
  expect(note).toMatch(/ clean +-$/)
  expect(computed).toContain('clean but for email, us_ssn')
  const copied = await run('policy', 'explain', 'vectordb', 'COPY people (name, email) TO STDOUT', '--json')
  const [first, second] = (JSON.parse(copied.stdout) as Explanation).statements[0]!.columns!
  expect(first).toMatchObject({ does: 'clean', detectors: ['email', 'us_ssn'] })
  expect(second).not.toHaveProperty('detectors')
})

test('hoop policy explain names the rule that refuses, and runs nothing', async () => {
  const { status, stdout } = await run('policy', 'explain', 'vectordb', 'DROP TABLE people', '--json')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'refuse',
    code: 'STATEMENT_BLOCKED',
    rules: [{ rule: 'no-drop', does: 'block' }],
    statements: [{ writes: ['public.people'] }],
  })
  await run('policy', 'explain', 'vectordb', "INSERT INTO people VALUES (1, 'a', 'b') RETURNING id")
  expect((await (await database.client()).query('SELECT FROM people')).rowCount).toBe(0)
})

test('hoop policy explain speaks for the groups that are named', async () => {
  const as = (...flags: string[]) => run('policy', 'explain', 'vectordb', 'SELECT email FROM people', ...flags)
  expect((await as('--group', 'hoop-users', '--group', 'dpo')).stdout).toContain('in the clear')
  expect((await as('--group', 'hoop-users')).stdout).not.toContain('in the clear')
  const nobody = await as('--group', 'strangers')
  expect(nobody.status).toBe(77)
  expect((await as('--policy', 'other')).stderr).toContain('There are: default')
})

test('hoop policy test passes what is as expected, and shows and counts what is not', async () => {
  const file = folder.file('cases.yaml')
  const cases = (ssn: string) => `connection: vectordb
groups: [hoop-users]
cases:
  - sql: SELECT id, email, ssn FROM people
    expect: allow
    columns: { id: clean, email: email, ssn: ${ssn} }
  - { sql: DROP TABLE people, expect: refuse, rule: no-drop, code: STATEMENT_BLOCKED }
`
  await writeFile(file, cases('keep_last'))
  const good = await run('policy', 'test', 'cases.yaml')
  expect([good.status, good.stdout]).toEqual([0, '2 as expected, 0 not\n'])
  await writeFile(file, cases('clean'))
  const bad = await run('policy', 'test', 'cases.yaml')
  expect(bad.status).toBe(1)
  expect(bad.stdout).toMatch(/cases\.yaml:4 +SELECT id, email, ssn FROM people +column ssn +clean +keep_last\n/)
  expect(bad.stdout).toContain('1 as expected, 1 not')
  const json = await run('policy', 'test', 'cases.yaml', '--json')
  expect(json.status).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({ passed: 1, failed: 1 })
})

test('hoop policy test names the line and column of what is wrong in its file', async () => {
  await writeFile(folder.file('wrong.yaml'), 'connection: vectordb\ncases:\n  - sql: SELECT 1\n    expects: allow\n')
  const { status, stderr } = await run('policy', 'test', 'wrong.yaml')
  expect(status).toBe(78)
  expect(stderr).toContain('wrong.yaml:4:5: cases[0].expects: found an unknown key')
})

test('hoop policy check reads the file alone', async () => {
  expect((await run('policy', 'check')).stdout).toBe('hoop.yaml is valid.\n')
  await writeFile(folder.file('other.yaml'), 'policies: { a: { maskz: [] } }\n')
  const { status, stderr } = await run('policy', 'check', '--config', 'other.yaml')
  expect(status).toBe(78)
  expect(stderr).toMatch(/other\.yaml:1:\d+: policies\.a\.maskz/)
})

test('hoop policy show says what may be asked of masked values, and how often', async () => {
  const { status, stdout } = await run('policy', 'show', 'search')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^predicates +equality; public\.papers\.author: deny \(100 guesses per day and person\)$/m)
  expect(stdout).toMatch(
    /^vectors +200 to search with per day and person, 50 rows of each search, 20000 found per day and person$/m,
  )
  expect(stdout).toMatch(/^MASKED COLUMN +AS +NULLS +DISTANCES$/m)
  expect(stdout).toMatch(/^public\.papers\.embedding +\S.* +hidden +compare$/m)
  const { stdout: json } = await run('policy', 'show', 'search', '--json')
  expect(JSON.parse(json)).toMatchObject({
    policies: [
      {
        derived: 'hide',
        predicates: 'equality',
        guessesPerDay: 100,
        vectors: { k: 50, queriesPerDay: 200, neighborsPerDay: 20_000 },
        masks: [
          { nulls: 'hide', distances: 'compare' },
          { nulls: 'keep', distances: 'hide' },
        ],
      },
    ],
  })
})
