import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { inject } from 'vitest'
import { parseDocument } from 'yaml'
import type { GatewayFolder } from '../../helpers/gateway-folder.js'
import { person, type Person } from '../server/start/person.js'
import { type Started, started } from '../server/start/started.js'

type Section = Readonly<Record<string, unknown>>

/** What of hoop.yaml a test chooses. */
export interface Sections {
  readonly connections: Readonly<Record<string, Section>>
  readonly policies?: Section
}

/** How to reach a database of the suite's server; a session waits a second for it. */
export const urlOf = (database: string, port = new URL(inject('databaseUrl')).port): string =>
  `postgres://postgres@127.0.0.1:${port}/${database}?sslmode=verify-full&sslrootcert=${inject('caFile')}&connect_timeout=1`

/** Everybody of the engineers, under one policy. */
export const connectionTo = (url: string, policy = 'open', more: Section = {}): Section => ({
  ...{ url, password: 'file:secrets/vectordb.password', access: [{ groups: ['ml-eng'], policy }] },
  ...more,
})

export const write = async ({ config }: GatewayFolder, { connections, policies = { open: {} } }: Sections) => {
  const document = parseDocument(await readFile(config, 'utf8'))
  document.set('connections', connections)
  document.set('policies', policies)
  await writeFile(config, document.toString())
}

export interface Alert {
  readonly text: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Stage extends AsyncDisposable {
  readonly it: Started
  readonly env: NodeJS.ProcessEnv
  /** What came over the webhook. */
  readonly alerts: readonly Alert[]
  /** Log lines about connections that are quarantined, or no longer. */
  readonly said: (connection: string) => string[]
  /** mika, an engineer, on a connection. */
  readonly mika: (connection: string) => Promise<Person>
  /** A new hoop.yaml, taken up. */
  readonly reload: (sections: Sections) => Promise<void>
}

/** A gateway with connections and policies of the test's choosing, and somebody who hears its alerts. */
export const stage = async (
  sections: Sections,
  prepare: (folder: GatewayFolder) => unknown = () => undefined,
  variables: NodeJS.ProcessEnv = {},
) => {
  await using stack = new AsyncDisposableStack()
  const alerts: Alert[] = []
  const receiver = createServer((request, response) => {
    void text(request).then((body) => {
      alerts.push(JSON.parse(body) as Alert)
      response.writeHead(200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  stack.defer(() => void receiver.close())
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  const env: NodeJS.ProcessEnv = { ...variables }
  const it = stack.use(
    await started(
      async (folder) => {
        await write(folder, sections)
        await folder.edit('  drain: 30s', `  webhooks: [{ url: "${url}", events: [alert] }]\n  drain: 30s`)
        await folder.edit('admins: []', 'admins: [ml-eng]')
        await prepare(folder)
      },
      { env },
    ),
  )
  const people = stack.use(new AsyncDisposableStack())
  const owned = stack.move()
  return {
    ...{ it, env, alerts },
    said: (connection) =>
      it.log
        .filter((line) => line['connection'] === connection && line.msg.includes('quarantined'))
        .map(({ msg }) => msg),
    mika: async (connection) =>
      people.use(await person(it.idp, 'mika', { url: it.gateway.url, caFile: it.caFile }, connection)),
    reload: async (next) => {
      await write(it.folder, next)
      await it.gateway.reload()
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  } satisfies Stage
}

export const entered = 'the connection is quarantined: its sessions are refused until this is over'
export const left = 'the connection is no longer quarantined'
