import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { startTestGateway, type OpenPort } from '../helpers/gateway.js'
import { tempFolder, type TempFolder } from '../helpers/temp.js'
import { serverFolder } from './folder.js'

/** `npm run regress`: PostgreSQL's own tests, through the port that `hoop connect` opens. Takes some minutes. */
const asked = process.env['HOOP_TEST_REGRESS'] !== undefined
const tests = join(serverFolder, 'regress')

/** As pg_regress makes it where it may create databases itself. */
const regression = [
  `CREATE DATABASE regression TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  ...['lc_messages', 'lc_monetary', 'lc_numeric', 'lc_time'].map(
    (name) => `ALTER DATABASE regression SET ${name} TO 'C'`,
  ),
  `ALTER DATABASE regression SET bytea_output TO 'hex'`,
  `ALTER DATABASE regression SET timezone_abbreviations TO 'Default'`,
]

interface Ran {
  readonly status: number
  readonly output: string
}

const run = async (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> => {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 << 20 }
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, options)
    return { status: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string }
    return { status: typeof code === 'number' ? code : 1, output: `${stdout ?? ''}${stderr ?? String(error)}` }
  }
}

describe.skipIf(!asked)('PostgreSQL’s own tests, through hoop’s port', () => {
  const stack = new AsyncDisposableStack()
  let folder: TempFolder
  let port: OpenPort

  beforeAll(async () => {
    folder = stack.use(await tempFolder())
    // The server reads and writes files of its tests, as another user perhaps.
    await chmod(folder.path, 0o755)
    for (const name of ['results', 'lib']) await mkdir(folder.file(name))
    await chmod(folder.file('results'), 0o777)
    await copyFile(join(tests, 'regress.so'), folder.file('lib', 'regress.so'))
    for (const name of ['refint.so', 'autoinc.so']) {
      await copyFile(join(serverFolder, 'lib', name), folder.file('lib', name))
    }
    const owner = new Client({ connectionString: inject('databaseUrl') })
    await owner.connect()
    for (const statement of regression) await owner.query(statement)
    await owner.end()
    const database = new URL(inject('databaseUrl'))
    database.pathname = '/regression'
    // psql handles large objects by function calls.
    const connection = { function_calls: true }
    const gateway = stack.use(await startTestGateway({ database: database.href, connection }))
    port = stack.use(await gateway.connect('casey'))
  })
  afterAll(() => stack.disposeAsync())

  test('libpq_pipeline passes', async () => {
    const program = join(tests, 'libpq_pipeline')
    const names = (await run(program, ['tests'])).output.split('\n').filter(Boolean)
    const target = `host=${port.host} port=${port.port} user=postgres dbname=regression`
    const failed: string[] = []
    for (const name of names) {
      const { status, output } = await run(program, [name, target])
      if (status !== 0) failed.push(`${name}: ${output}`)
    }
    console.log(`libpq_pipeline: ${names.length - failed.length} of ${names.length} passed`)
    expect(names.length).toBeGreaterThan(5)
    expect(failed).toEqual([])
  }, 300_000)

  test('the regression suite passes', async () => {
    const { output } = await run(join(tests, 'pg_regress'), [
      ...['--use-existing', '--dbname=regression', `--host=${port.host}`, `--port=${port.port}`, '--user=postgres'],
      ...[`--bindir=${join(serverFolder, 'bin')}`, `--dlpath=${folder.file('lib')}`, `--inputdir=${tests}`],
      ...[`--outputdir=${folder.path}`, `--schedule=${join(tests, 'parallel_schedule')}`],
    ])
    const results = [...output.matchAll(/^(?:test)?\s+(\w+(?:\.\w+)*)\s+\.\.\. (ok|FAILED|failed)/gm)]
    const failed = results.filter(([, , result]) => result !== 'ok').map(([, name = '']) => name)
    console.log(`regression suite: ${results.length - failed.length} of ${results.length} passed`)
    const diffs = await readFile(folder.file('regression.diffs'), 'utf8').catch(() => '')
    expect(results.length, output).toBeGreaterThan(180)
    expect(failed, diffs.slice(0, 20_000)).toEqual([])
  }, 1_800_000)
})
