import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { lockLedger } from '../../gateway/host/lock.js'
import { KeyKind, parseVerifier } from '../../ledger/note/keys.js'
import { witnessKey } from '../../ledger/witness/key-file.js'
import { Witness } from '../../ledger/witness/witness.js'
import { asHoopError, HoopError } from '../../lib/errors.js'

export interface ServeWitnessOptions {
  /** Path of its key, which is made where there is none. */
  readonly key: string
  /** For a key that is made. */
  readonly name: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Verifier keys. */
  readonly logs: readonly string[]
  /** Folder. */
  readonly state: string
  /** Told of each answer. */
  readonly answered?: (status: number, why: string) => void
}

export interface ServedWitness extends AsyncDisposable {
  readonly vkey: string
  readonly url: string
}

/** Bytes of a submission: a checkpoint with many signatures, and 63 lines. */
const longest = 64 * 1024

const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    if ((size += part.length) > longest) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const lockState = (folder: string): Disposable => {
  try {
    return lockLedger(folder)
  } catch (cause) {
    if (cause instanceof HoopError && cause.code === 'GATEWAY_RUNNING')
      throw new HoopError('WITNESS_RUNNING', folder, { cause })
    throw new HoopError('FILE_UNREADABLE', folder, { cause })
  }
}

const logKeys = (vkeys: readonly string[]) =>
  vkeys.map((vkey) => {
    const key = parseVerifier(vkey)
    if (key.kind !== KeyKind.note)
      throw new HoopError('NOTE_INVALID', `the key of ${key.name} is a witness’s, not a log’s`)
    return key
  })

/**
 * A witness that answers `POST /add-checkpoint`, until it is disposed.
 * @throws {HoopError} NOTE_INVALID, FILE_UNREADABLE, CONFIG_INVALID, PORT_IN_USE; WITNESS_RUNNING where another one has its state
 * @see C2SP tlog-witness
 */
export const serveWitness = async (options: ServeWitnessOptions): Promise<ServedWitness> => {
  const { host, port, state, answered = () => undefined } = options
  const logs = logKeys(options.logs)
  const key = await witnessKey(options.key, options.name)
  mkdirSync(state, { recursive: true, mode: 0o700 })
  await using stack = new AsyncDisposableStack()
  // Two that share a state could sign two heads of one size.
  stack.use(lockState(state))
  const witness = new Witness({ key, logs, state })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const say = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      answered(status, status === 200 ? 'signed' : body.trim())
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    }
    if (request.url !== '/add-checkpoint') return say(404, 'there is only /add-checkpoint\n')
    if (request.method !== 'POST') return say(405, 'POST it\n')
    const body = await bodyOf(request)
    if (body === undefined) {
      response.setHeader('connection', 'close')
      return say(413, 'that is longer than any submission\n')
    }
    const { status, body: text, type } = await witness.add(body)
    say(status, text, type)
  }
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      answered(500, asHoopError(error).message)
      if (response.headersSent) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end('the witness cannot keep what it signs\n')
    })
  })
  server.listen(port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw asHoopError(error, 'PORT_IN_USE')
  })
  stack.defer(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  const owned = stack.move()
  const { port: taken } = server.address() as AddressInfo
  return {
    ...{ vkey: key.vkey, url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}` },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
