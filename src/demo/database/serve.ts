import { fork } from 'node:child_process'
import { once } from 'node:events'
import { extname } from 'node:path'

export interface DemoDatabase extends AsyncDisposable {
  readonly port: number
  /** For the gateway. The server takes any user and password, and has no TLS. */
  readonly url: string
}

/** @throws {Error} with what the process wrote, where it doesn't come up */
export const serveDatabase = async (): Promise<DemoDatabase> => {
  const child = fork(new URL(`process${extname(import.meta.url)}`, import.meta.url), {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  })
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const gone = once(child, 'exit')
  const [answer] = (await Promise.race([once(child, 'message'), gone])) as [{ port: number } | number | null]
  if (typeof answer !== 'object' || !answer) throw new Error(`the database did not start: ${errors}`)
  return {
    port: answer.port,
    url: `postgres://app:demo@127.0.0.1:${answer.port}/postgres?sslmode=disable`,
    [Symbol.asyncDispose]: async () => {
      if (child.connected) child.disconnect()
      await gone
    },
  }
}
