import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { noUnitTest } from '../suite/no-unit.js'
import { runWarm } from './warm.js'

const run = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))

export interface HoopOptions {
  /** HOOP_HOME; profiles, tokens and ports of one person on one machine. */
  readonly home: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Written to stdin, which is closed afterwards. */
  readonly input?: string | Buffer
}

export interface HoopResult {
  readonly stdout: string
  readonly stderr: string
  /** Exit status, or 128 and the signal's number as a shell says it. */
  readonly status: number
}

/** A command that runs; disposing it kills it. */
export interface RunningHoop extends AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams
  readonly ended: Promise<HoopResult>
  /** What was written so far. */
  readonly stdout: string
  readonly stderr: string
  /**
   * Resolves with the match as soon as stdout or stderr holds it.
   * @throws {Error} with all output where the command ends first, or after `ms`
   */
  until(pattern: RegExp, ms?: number): Promise<RegExpExecArray>
}

const environment = ({ home, env }: HoopOptions): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HOOP_|PG|.*_PROXY$|.*_proxy$)/.test(name))),
  HOOP_HOME: home,
  HOOP_KEYRING: 'file',
  NO_COLOR: '1',
  ...env,
})

const signals: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGKILL: 137, SIGTERM: 143 }

/** Starts the real command line (`bin/run.js`, as built by the suite's set-up). */
export const startHoop = (args: readonly string[], options: HoopOptions): RunningHoop => {
  noUnitTest('command line')
  const child = spawn(process.execPath, [run, ...args], {
    cwd: options.cwd ?? options.home,
    env: environment(options),
    stdio: 'pipe',
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin.on('error', () => undefined) // it may end before it has read everything
  if (options.input !== undefined) child.stdin.end(options.input)
  const ended = once(child, 'close').then(([status, signal]: unknown[]) => ({
    stdout,
    stderr,
    status: typeof status === 'number' ? status : (signals[String(signal)] ?? 128),
  }))
  const output = () => `hoop ${args.join(' ')}\n--- stdout\n${stdout}\n--- stderr\n${stderr}`
  return {
    process: child,
    ended,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    until: (pattern, ms = 60_000) =>
      new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          clearTimeout(timer)
          child.stdout.off('data', look)
          child.stderr.off('data', look)
          act()
        }
        const look = () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr)
          if (match) settle(() => resolve(match))
        }
        const timer = setTimeout(() => settle(() => reject(new Error(`no ${pattern} in time: ${output()}`))), ms)
        child.stdout.on('data', look)
        child.stderr.on('data', look)
        child.once('close', () => settle(() => reject(new Error(`ended without ${pattern}: ${output()}`))))
        look()
      }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Commands that go on, start others, or are ended by signals. */
const ownProcess: readonly string[] = ['connect', 'demo', 'gateway', 'login', 'help', 'psql']

/** What is read while modules load, not when a command runs. */
const atLoad = /^(?:NO_COLOR|FORCE_COLOR|TERM|COLUMNS|NODE_.*|DEBUG|XDG_.*)$/

/** Runs a command to its end, in a process of its own. */
export const hoopAlone = (args: readonly string[], options: HoopOptions): Promise<HoopResult> =>
  startHoop(args, { input: '', ...options }).ended

/** Runs a command to its end; most of them in a process that has run others, since starting takes longer than running. */
export const hoop = (args: readonly string[], options: HoopOptions): Promise<HoopResult> => {
  const [name = '-'] = args
  const alone =
    name.startsWith('-') || ownProcess.includes(name) || Object.keys(options.env ?? {}).some((key) => atLoad.test(key))
  if (alone) return hoopAlone(args, options)
  noUnitTest('command line')
  return runWarm({ args, env: environment(options), cwd: options.cwd ?? options.home, input: options.input ?? '' })
}
