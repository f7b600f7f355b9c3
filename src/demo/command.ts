import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** bin/run.js of the package that this file belongs to, compiled or not. */
export const executable: string = (() => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'bin', 'run.js')
    if (folder === dirname(folder)) throw new Error('the package has no package.json')
  }
})()

/** An environment without the caller's own gateways, tokens, proxies and PostgreSQL settings. */
export const cleanEnvironment = (extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(HOOP_|PG|.*_PROXY$)/i.test(name))),
  ...extra,
})

export interface Ran {
  /** stdout and stderr as they came. */
  readonly output: string
  readonly stdout: string
  readonly status: number
}

export interface RunOptions {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Called with the output as it comes. */
  readonly onText: (text: string, soFar: string) => void
}

/** Runs one hoop command as a process of its own, to its end. */
export const run = async (args: readonly string[], { cwd, env, signal, onText }: RunOptions): Promise<Ran> => {
  signal.throwIfAborted()
  const child = spawn(process.execPath, [executable, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const abort = () => child.kill('SIGTERM')
  signal.addEventListener('abort', abort)
  let [output, stdout] = ['', '']
  const take = (text: string) => onText(text, (output += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    take(text)
  })
  child.stderr.setEncoding('utf8').on('data', take)
  const [status] = (await once(child, 'close')) as [number | null]
  signal.removeEventListener('abort', abort)
  signal.throwIfAborted()
  return { output, stdout, status: status ?? 128 }
}
