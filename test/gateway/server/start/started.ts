import { Writable } from 'node:stream'
import { startIdp, type Idp } from '../../../../src/demo/idp.js'
import type { Answers } from '../../../../src/operator/init/answers.js'
import { createLog } from '../../../../src/gateway/server/log/log.js'
import { type Gateway, type GatewayOptions, startGateway } from '../../../../src/gateway/server/start/start.js'
import { type GatewayFolder, gatewayFolder } from '../../../helpers/gateway-folder.js'
import { type Person, person } from './person.js'

export interface LogLine {
  readonly level: string
  readonly msg: string
  readonly [field: string]: unknown
}

export interface Started extends AsyncDisposable {
  readonly gateway: Gateway
  readonly folder: GatewayFolder
  readonly idp: Idp
  readonly log: LogLine[]
  readonly caFile: string
  person(account: string): Promise<Person>
}

/** Keeps what is logged. */
export const logInto = (lines: LogLine[]) =>
  createLog(
    'json',
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(JSON.parse(chunk.toString()) as LogLine)
        done()
      },
    }),
  )

/** A gateway in this process, as `init` sets it up for the group of ML engineers, without masks and rules. */
export const started = async (
  prepare: (folder: GatewayFolder) => unknown = () => undefined,
  options: Partial<GatewayOptions> = {},
  answers: Partial<Answers> = {},
): Promise<Started> => {
  await using stack = new AsyncDisposableStack()
  const idp = stack.use(await startIdp())
  const folder = stack.use(await gatewayFolder({ issuer: idp.issuer, group: 'ml-eng', ...answers }))
  await folder.edit(/ {4}rules:[\s\S]*$/, '    rules: []\n')
  await prepare(folder)
  const log: LogLine[] = []
  const gateway = await startGateway({
    config: folder.config,
    version: '0.0.0',
    log: logInto(log),
    env: {},
    ...options,
  })
  stack.defer(() => gateway.close(0))
  const caFile = folder.file('tls/ca.pem')
  const people = stack.use(new AsyncDisposableStack())
  const owned = stack.move()
  return {
    ...{ gateway, folder, idp, log, caFile },
    person: async (account) => people.use(await person(idp, account, { url: gateway.url, caFile })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
