import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { sqlScript } from '../../../src/cli/export/sql-script.js'
import type { SessionEvent } from '../../../src/lib/api/session-events.js'
import { type FreshDatabase, freshDatabase } from '../../helpers/database.js'
import { result, start, statement } from '../../recording/sample.js'

const psql = spawnSync('psql', ['--version']).status === 0

let database: FreshDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database[Symbol.asyncDispose]())

const scriptOf = async (list: readonly SessionEvent[]): Promise<string> => {
  let text = ''
  for await (const piece of sqlScript(
    (async function* () {
      yield* list
    })(),
  ))
    text += piece
  return text
}

const ran = (n: number, text: string, over: object = {}, transaction: 'I' | 'T' | 'E' = 'I'): SessionEvent[] => [
  statement(n, text, over),
  result(n, { transaction }),
]

/** Runs a script as an investigator would. */
const run = async (script: string, cwd: string, env: Readonly<Record<string, string>> = {}) => {
  const child = promisify(execFile)('psql', ['-X', '-q', '-A', '-t', database.url], {
    cwd,
    env: { ...process.env, ...env },
  })
  child.child.stdin?.end(script)
  return child
}

const folderOf = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hoop-script-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test.skipIf(!psql)('a session’s script does to a copy what the session did (needs psql)', async () => {
  const script = await scriptOf([
    start,
    ...ran(1, 'CREATE TABLE done (id int, word text)'),
    ...ran(2, 'INSERT INTO done VALUES ($1, $2)', { via: 'extended', parameters: ['1', `it's a \\ "word" $hoop$`] }),
    ...ran(3, 'BEGIN', {}, 'T'),
    ...ran(4, `INSERT INTO done VALUES (2, E'back\\\\slash'), (3, $hoop$dollars$hoop$)`, {}, 'T'),
    ...ran(5, 'SELECT 1/0', {}, 'E'),
    ...ran(6, `SELECT 'lost'`, {}, 'E'),
    ...ran(7, 'ROLLBACK;'),
    ...ran(8, `INSERT INTO done VALUES (4, 'a;b\u00e9\u{1f600}'); INSERT INTO done VALUES (5, NULL);`),
    {
      type: 'refusal',
      at: 1,
      n: 9,
      text: 'DROP TABLE done;\nDROP TABLE done',
      code: 'X',
      sqlstate: '42501',
      message: 'no',
    },
    ...ran(10, 'INSERT INTO done VALUES ($1, $2)', { via: 'extended', parameters: [{ hex: '00000006' }, 'binary'] }),
    ...ran(11, 'COPY done FROM STDIN'),
    ...ran(12, 'INSERT INTO done VALUES (7', { textBytes: 90_000 }),
    ...ran(13, 'INSERT INTO done VALUES ($1, $2)', { via: 'extended', parameters: ['8', null] }),
  ])
  await run(script, await folderOf())
  const { rows } = await (
    await database.client()
  ).query({ text: 'SELECT id, word FROM done ORDER BY id', rowMode: 'array' })
  expect(rows).toEqual([
    [1, `it's a \\ "word" $hoop$`],
    [4, 'a;b\u00e9\u{1f600}'],
    [5, null],
    [8, null],
  ])
})

/** What makes psql's lexer lose its way, and what it would do then. */
const pieces = [
  ...["'", '"', '$hoop$', '$hoop', '$$', '$x$', '(', ')', '[', '/*', '*/', '--', ';', '\n', '\\', "E'", "\\'", ' '],
  ...[
    '\\! touch owned\n',
    '\n\\! touch owned\n',
    '\\o owned\n',
    ';\\! touch owned\n',
    '\\g owned\n',
    "\\copy (select 1) to 'owned'\n",
  ],
  ...[
    ':USER',
    ":'USER'",
    'SELECT 1',
    '\\gexec',
    '\\',
    'BEGIN',
    'SET standard_conforming_strings = off',
    '\r',
    '\u2028',
  ],
]

test.skipIf(!psql)('nothing that was recorded is a command to psql (needs psql)', { timeout: 120_000 }, async () => {
  const folder = await folderOf()
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((parts) => parts.join(''))
  const one = fc.record({
    text,
    parameters: fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 2 }),
    refused: fc.boolean(),
    transaction: fc.constantFrom('I' as const, 'E' as const),
    message: text,
  })
  const attempts = fc.sample(
    fc.array(one, { minLength: 2, maxLength: 12 }),
    Number(process.env['HOOP_TEST_FUZZ'] ?? 12),
  )
  for (const list of attempts) {
    const events = list.flatMap(({ text: sql, parameters, refused, transaction, message }, n): SessionEvent[] =>
      refused
        ? [{ type: 'refusal', at: n, n, text: sql, code: message, sqlstate: 'X', message }]
        : [statement(n, sql, { parameters }), result(n, { transaction, message, sqlstate: message, tag: message })],
    )
    const script = await scriptOf([{ ...start, name: list[0]!.text }, ...events])
    await run(script, folder).catch(() => undefined)
    expect(existsSync(join(folder, 'owned')), script).toBe(false)
  }
})

test.skipIf(!psql)(
  'the data of a COPY is never the rest of the script, nor is an encoding’s second byte a quote (needs psql)',
  async () => {
    const evil = "SELECT 'x\n\\.\n\\! touch owned\n'"
    for (const copy of [
      'SELECT 1; COPY t FROM STDIN',
      '/**/ COPY t FROM STDIN',
      'COPY t FROM STDOUT',
      'copy t from/**/stdin -- to stdout',
      'COPY t FROM STDIN',
    ])
      for (const encoding of ['UTF8', 'SJIS', 'GBK']) {
        const folder = await folderOf()
        const script = await scriptOf([
          start,
          ...ran(1, 'CREATE TEMP TABLE t (a text)'),
          ...ran(2, copy),
          ...ran(3, evil),
          ...ran(4, 'SELECT 1 -- \u00c1'),
          ...ran(5, "SELECT '$hoop$\n\\! touch owned\n'"),
          ...ran(6, copy, { parameters: ['x'] }),
          ...ran(7, evil, { parameters: [evil] }),
        ])
        expect(script).toMatch(/^[\n\x20-\x7e]*$/)
        await run(script, folder, { PGCLIENTENCODING: encoding }).catch(() => undefined)
        expect(existsSync(join(folder, 'owned')), `${copy} ${encoding}`).toBe(false)
      }
  },
)

test.skipIf(!psql)('the attack works on a script that takes texts as they are (needs psql)', async () => {
  const folder = await folderOf()
  execFileSync('psql', ['-X', '-q', database.url], {
    cwd: folder,
    input: "SELECT 'x\n;\nSELECT ' \\! touch owned\n",
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  expect(existsSync(join(folder, 'owned'))).toBe(true)
})
