import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import type { NoticeMessage } from 'pg-protocol/dist/messages.js'
import { GatewayClient } from '../../../../src/agent/api/client.js'
import type { Route } from '../../../../src/agent/api/reach/dial.js'
import { type Credentials, tokenCredentials } from '../../../../src/agent/login/credentials.js'
import { Links } from '../../../../src/agent/link/links.js'

import type { Idp } from '../../../../src/demo/idp.js'
import type { GrantAnswer } from '../../../../src/lib/api.js'
import { idToken } from '../../../helpers/login.js'

export interface Person extends AsyncDisposable {
  readonly client: GatewayClient
  grant(renews?: GrantAnswer): Promise<GrantAnswer>
  /** A PostgreSQL session through the gateway. @param notice hears notices from the login on */
  connect(
    grant?: GrantAnswer,
    notice?: (notice: NoticeMessage) => void,
    startup?: {
      readonly options?: string
      /** Before anything is said on the stream that the gateway has accepted. */
      readonly before?: () => Promise<unknown>
    },
  ): Promise<PersonSession>
}

const ignored = (): void => undefined

interface PersonSession {
  readonly client: Client
  /** The error that ended the session, once it has ended. */
  readonly ended: Promise<(Error & { code?: string }) | undefined>
}

interface Reachable {
  readonly url: string
  readonly caFile: string
}

/** Somebody with a key and an ID token who talks to a gateway as the agent does. */
export const person = async (idp: Idp, account: string, gateway: Reachable, connection = 'vectordb'): Promise<Person> =>
  holder(await tokenCredentials(await idToken(idp, account)), gateway, connection)

/** The same, whatever proves who it is. */
export const holder = async (credentials: Credentials, gateway: Reachable, connection = 'vectordb'): Promise<Person> =>
  personWith({ url: new URL(gateway.url), ca: await readFile(gateway.caFile, 'utf8') }, credentials, connection)

/** The same, by a way to the gateway that is known. */
export const personWith = (route: Route, credentials: Credentials, connection = 'vectordb'): Person => {
  const over = new AbortController()
  const client = new GatewayClient(route, credentials, over.signal)
  const links = new Links(client)
  const sessions: Client[] = []
  const grant = (renews?: GrantAnswer) =>
    client.post<GrantAnswer>('/v1/grants', { connection, ...(renews && { renews: renews.grant }) })
  return {
    client,
    grant,
    connect: async (held, notice = () => undefined, { before, ...startup } = {}) => {
      const token = (held ?? (await grant())).grant
      const request = { grant: () => Promise.resolve(token), first: Buffer.alloc(0) }
      const socket = await links.open(request, over.signal)
      await before?.()
      socket.on('end', () => socket.end()) // a driver's own sockets close both halves
      const connect = () => {
        setImmediate(() => socket.emit('connect'))
        return socket
      }
      const session = new Client({
        stream: () => Object.assign(socket, { connect, ref: ignored, unref: ignored, setNoDelay: ignored }),
        user: 'x',
        ssl: false,
        ...startup,
      })
      let failure: (Error & { code?: string }) | undefined
      session.on('error', (error) => (failure ??= error))
      const ended = new Promise<typeof failure>((resolve) => session.once('end', () => resolve(failure)))
      session.on('notice', notice)
      await session.connect()
      sessions.push(session)
      return { client: session, ended }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(sessions.map((session) => session.end()))
      await links[Symbol.asyncDispose]()
      over.abort()
      client.close()
    },
  }
}
