import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Idp, startIdp } from '../../../src/demo/idp.js'
import { startGateway } from '../../../src/gateway/start/start.js'
import { gatewayFolder } from '../gateway-folder.js'
import { person } from './person.js'

let idp: Idp
beforeAll(async () => {
  idp = await startIdp()
})
afterAll(() => idp[Symbol.asyncDispose]())

test('somebody with access gets a grant, a session and its recording', async () => {
  await using folder = await gatewayFolder({ issuer: idp.issuer, group: 'ml-eng' })
  await folder.edit(/ {4}rules:[\s\S]*$/, '    rules: []\n')
  const log = pino({ level: 'debug' }, process.stderr)
  const gateway = await startGateway({ config: folder.config, version: '0.0.0', log })
  const mika = await person(idp, 'mika', { url: gateway.url, caFile: folder.file('tls/ca.pem') })
  const { client } = await mika.connect()
  const { rows } = await client.query<{ name: string }>(`SELECT current_setting('application_name') AS name`)
  expect(rows[0]?.name).toMatch(/^hoop:mika\//)
  await mika[Symbol.asyncDispose]()
  await gateway.close(1000)
})
