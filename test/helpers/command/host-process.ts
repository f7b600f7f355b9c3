/**
 * Runs commands one after the other in one process, as `node host-process.ts` with an IPC channel to its owner: what a command loads is
 * loaded once for all of them, which takes longer than most of them run. Environment, folder, input and output are each command's own.
 * Imports nothing of ours but what the suite's set-up built, since Node runs this file as it is.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import { fileURLToPath, pathToFileURL } from 'node:url'

export interface Order {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly input: string | Buffer
}

export interface Done {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const { runCommand } = (await import(pathToFileURL(`${root}/dist/src/cli/main.js`).href)) as {
  runCommand: (argv: readonly string[], root: string) => Promise<void>
}

/** What the command at hand, or one before that still does something, has written. */
interface Output {
  readonly stdout: Buffer[]
  readonly stderr: Buffer[]
}

const outputs = new AsyncLocalStorage<Output>()

type Written = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => boolean

for (const name of ['stdout', 'stderr'] as const) {
  const stream = process[name]
  const real = stream.write.bind(stream)
  const write: Written = (chunk, encoding, done) => {
    const output = outputs.getStore()
    if (!output) return real(chunk)
    output[name].push(Buffer.from(chunk as string))
    const after = typeof encoding === 'function' ? encoding : done
    if (typeof after === 'function') queueMicrotask(after as () => void)
    return true
  }
  stream.write = write
}

const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString()

const run = async ({ args, env, cwd, input }: Order): Promise<Done> => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
  process.chdir(cwd)
  process.exitCode = undefined
  const stdin = Readable.from(input.length > 0 ? [Buffer.from(input as string)] : [])
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
  const output: Output = { stdout: [], stderr: [] }
  await outputs.run(output, () => runCommand(args, root))
  process.chdir(root)
  return { stdout: text(output.stdout), stderr: text(output.stderr), status: Number(process.exitCode ?? 0) }
}

process.on('message', (order: Order) => {
  void run(order).then((done) => process.send!(done))
})
process.on('disconnect', () => process.exit())
