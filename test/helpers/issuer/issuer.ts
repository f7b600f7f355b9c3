import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Agent, request } from 'undici'
import { absent } from './absent.js'
import type { Controls } from './process.js'

/** Issuers of programs' tokens that run in another process. */
export interface Issuers extends AsyncDisposable {
  readonly origin: string
  /** The issuer of that name; it is there as soon as it is asked for. */
  readonly issuer: (name: string) => string
  readonly control: {
    readonly [Name in keyof Controls]: (...args: Parameters<Controls[Name]>) => ReturnType<Controls[Name]>
  }
  /** What GitHub gives to a job with `id-token: write`. */
  readonly github: Readonly<Record<string, string>>
}

/** JSON drops what is undefined, and the issuer has to hear that a claim is to be left out. */
const leftOut = (_: string, value: unknown): unknown => (value === undefined ? absent : value)

/** @param tls PEM files, for a server on https://localhost */
export const startIssuers = async (tls?: { certFile: string; keyFile: string; ca: Buffer }): Promise<Issuers> => {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    env: { ...process.env, ...(tls && { ISSUER_CERT: tls.certFile, ISSUER_KEY: tls.keyFile }) },
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  const origin = line.toString().trim()
  const dispatcher = new Agent(tls ? { connect: { ca: tls.ca } } : {})
  const call = async (method: string, args: unknown[]): Promise<unknown> => {
    const answer = await request(`${origin}/control`, {
      ...{ method: 'POST', dispatcher, body: JSON.stringify({ method, args }, leftOut) },
    })
    const result = await answer.body.json()
    if (answer.statusCode !== 200) throw new Error(String(result))
    return result
  }
  const control = new Proxy({} as Issuers['control'], {
    get:
      (_, method) =>
      (...args: unknown[]) =>
        call(String(method), args),
  })
  return {
    origin,
    issuer: (name) => `${origin}/${name}`,
    control,
    github: {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/job/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'job-secret',
    },
    [Symbol.asyncDispose]: async () => {
      await dispatcher.destroy()
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
