/**
 * Runs commands one after the other in one process, as `node host-process.ts` with an IPC channel to its owner: what a command loads is
 * loaded once for all of them, which takes longer than most of them run. Environment, folder, input and output are each command's own.
 * Imports nothing of ours but what the suite's set-up built, since Node runs this file as it is.
 */
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

type Written = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => boolean

/** Takes what is written to a stream from now on; the answer is the text so far. */
const taken = (stream: NodeJS.WriteStream): (() => string) => {
  const parts: Buffer[] = []
  const write: Written = (chunk, encoding, done) => {
    parts.push(Buffer.from(chunk as string))
    const after = typeof encoding === 'function' ? encoding : done
    if (typeof after === 'function') queueMicrotask(() => (after as () => void)())
    return true
  }
  stream.write = write
  return () => Buffer.concat(parts).toString()
}

const run = async ({ args, env, cwd, input }: Order): Promise<Done> => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
  process.chdir(cwd)
  process.exitCode = undefined
  const stdin = Readable.from(input.length > 0 ? [Buffer.from(input as string)] : [])
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true })
  const [stdout, stderr] = [taken(process.stdout), taken(process.stderr)]
  await runCommand(args, root)
  process.chdir(root)
  return { stdout: stdout(), stderr: stderr(), status: Number(process.exitCode ?? 0) }
}

process.on('message', (order: Order) => {
  void run(order).then((done) => process.send!(done))
})
process.on('disconnect', () => process.exit())
