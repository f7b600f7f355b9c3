import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { SecretFailure } from './failure.js'
import { redact } from './redaction.js'

/** What it may print, and say to stderr before the rest is dropped. Bytes. */
const LARGEST = 256 * 1024
const MOST_WORDS = 16 * 1024

/** What was printed is read for so long after the end, where something else holds the output open. Milliseconds. */
const LAST_WORDS = 250

/** Without these hardly any program runs. What else it gets has to be named. */
const always = ['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot']

export interface Command {
  readonly exec: readonly [string, ...string[]]
  /** Names of variables that it gets beside those. */
  readonly variables: readonly string[]
  /** Milliseconds. */
  readonly timeout: number
}

const collect = (stream: Readable, most: number, tooMuch: () => void): (() => Buffer) => {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('error', () => undefined)
  stream.on('data', (chunk: Buffer) => {
    if (size + chunk.length > most) tooMuch()
    const rest = chunk.subarray(0, most - size)
    size += rest.length
    chunks.push(rest)
  })
  return () => Buffer.concat(chunks)
}

/** The command and everything that it has started. */
const killAll = (pid: number | undefined): void => {
  if (pid === undefined) return
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

const textOf = (output: Buffer): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(output)
  } catch {
    return undefined
  }
}

/**
 * Runs a command that prints a secret: without a shell, without input, in a process group that dies as one.
 * @param folder where it runs
 * @returns what it printed, to the last byte
 * @throws {HoopError} SECRET_MISSING where it doesn't start, fails, takes too long, prints too much or no text
 */
export const runCommand = (
  { exec: [program, ...given], variables, timeout }: Command,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<string> =>
  new Promise((resolve, reject) => {
    const names = [...always, ...variables].filter((name) => env[name] !== undefined)
    const child = spawn(program, given, {
      cwd: folder,
      env: Object.fromEntries(names.map((name) => [name, env[name]])),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: false,
      windowsHide: true,
      detached: process.platform !== 'win32',
    })
    let why: string | undefined
    const stop = (because: string): void => {
      why ??= because
      killAll(child.pid)
      // What it has started may have left the process group, and hold its output open: that isn't waited for.
      clearTimeout(timer)
      timer = setTimeout(() => settle(null, null), 0)
    }
    const printed = collect(child.stdout, LARGEST, () => stop(`printed more than ${LARGEST} bytes`))
    const said = collect(child.stderr, MOST_WORDS, () => undefined)
    let timer = setTimeout(() => stop(`took longer than ${timeout} ms`), timeout)
    const fail = (because: string): void => {
      clearTimeout(timer)
      const output = printed().toString('utf8')
      const known = [output.trim(), ...output.split(/\s+/), ...variables.map((name) => env[name] ?? '')]
      reject(new SecretFailure(`command ${program} ${because}`, redact(said().toString('utf8'), known)))
    }
    child.once('error', (error: NodeJS.ErrnoException) => fail(`cannot be run (${error.code ?? 'error'})`))
    const settle = (status: number | null, signal: NodeJS.Signals | null): void => {
      clearTimeout(timer)
      child.stdout.destroy()
      child.stderr.destroy()
      if (why !== undefined) return fail(why)
      if (status !== 0) return fail(status === null ? `was ended by ${signal}` : `ended with status ${status}`)
      const text = textOf(printed())
      if (text === undefined) return fail('printed what is no UTF-8')
      resolve(text)
    }
    child.once('exit', (...ended) => {
      // What it has left running in the background holds its output open, and would be waited for.
      killAll(child.pid)
      if (why !== undefined) return
      // What has left the process group lives on even so. All that was printed before the end is read by then.
      clearTimeout(timer)
      timer = setTimeout(() => settle(...ended), LAST_WORDS)
    })
    child.once('close', settle)
  })
