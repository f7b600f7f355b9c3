import { execFile } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { inject } from 'vitest'
import { startTestGateway, type OpenPort, type TestGatewayOptions } from '../helpers/gateway.js'
import { tempFolder } from '../helpers/temp.js'
import { serverFolder } from './folder.js'

const tests = join(serverFolder, 'regress')

/** As pg_regress makes it where it may create databases itself. */
const regression = (template: string) => [
  'DROP DATABASE IF EXISTS regression',
  `CREATE DATABASE regression TEMPLATE ${template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
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
  try {
    const options = { maxBuffer: 64 << 20, env: { ...process.env, ...env } }
    const { stdout, stderr } = await promisify(execFile)(program, args, options)
    return { status: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string }
    return { status: typeof code === 'number' ? code : 1, output: `${stdout ?? ''}${stderr ?? String(error)}` }
  }
}

export interface Suite {
  /** How many tests of PostgreSQL's ran. */
  readonly count: number
  readonly failed: readonly string[]
  /** What pg_regress printed, and how answers differ from those wanted. */
  readonly output: string
  readonly differences: string
}

export interface OwnTests extends AsyncDisposable {
  /** All of libpq_pipeline's tests; of those that failed, what they printed. */
  pipelines(): Promise<Suite>
  /** PostgreSQL's regression suite. Takes some minutes. */
  regress(): Promise<Suite>
  /** The same without the test that sets up the tables of others: that one is run on the database itself. */
  regressOnTables(): Promise<Suite>
}

/**
 * A database `regression` on the suite's server, and the port that `hoop connect` opens to it.
 * @param template a table that is masked has to stand in it: the suite makes databases of its own
 */
export const openOwnTests = async (template: string, options: TestGatewayOptions): Promise<OwnTests> => {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder())
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
  for (const statement of regression(template)) await owner.query(statement)
  await owner.end()
  const database = new URL(inject('databaseUrl'))
  database.pathname = '/regression'
  const gateway = stack.use(await startTestGateway({ database: database.href, ...options }))
  const port: OpenPort = stack.use(await gateway.connect('casey'))
  const owned = stack.move()
  const regress = async (
    to: { readonly host: string; readonly port: number | string },
    which: string,
    env: NodeJS.ProcessEnv = {},
  ): Promise<Suite> => {
    const { output } = await run(
      join(tests, 'pg_regress'),
      [
        ...['--use-existing', '--dbname=regression', `--host=${to.host}`, `--port=${to.port}`, '--user=postgres'],
        ...[`--bindir=${join(serverFolder, 'bin')}`, `--dlpath=${folder.file('lib')}`, `--inputdir=${tests}`],
        ...[`--outputdir=${folder.path}`, which],
      ],
      env,
    )
    const results = [...output.matchAll(/^(?:test)?\s+(\w+(?:\.\w+)*)\s+\.\.\. (ok|FAILED|failed)/gm)]
    const failed = results.filter(([, , result]) => result !== 'ok').map(([, name = '']) => name)
    const differences = await readFile(folder.file('regression.diffs'), 'utf8').catch(() => '')
    return { count: results.length, failed, output, differences }
  }
  return {
    pipelines: async () => {
      const program = join(tests, 'libpq_pipeline')
      const names = (await run(program, ['tests'])).output.split('\n').filter(Boolean)
      const target = `host=${port.host} port=${port.port} user=postgres dbname=regression`
      const failed: string[] = []
      let output = ''
      for (const name of names) {
        const ran = await run(program, [name, target])
        if (ran.status === 0) continue
        failed.push(name)
        output += `${name}: ${ran.output}\n`
      }
      return { count: names.length, failed, output, differences: '' }
    },
    regress: () => regress(port, `--schedule=${join(tests, 'parallel_schedule')}`),
    regressOnTables: async () => {
      const schedule = await readFile(join(tests, 'parallel_schedule'), 'utf8')
      await writeFile(folder.file('schedule'), schedule.replace(/^test: test_setup$/m, ''))
      await regress({ host: database.hostname, port: database.port }, 'test_setup', {
        PGPASSWORD: decodeURIComponent(database.password),
      })
      return regress(port, `--schedule=${folder.file('schedule')}`)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
