import { readFile, writeFile } from 'node:fs/promises'
import { inject } from 'vitest'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { startTestGateway } from '../helpers/gateway.js'

const access = [{ groups: ['contractors', 'ml-eng'], policy: 'open' }]

test('with one connection of two broken, the real commands use the one and say why not the other', async () => {
  const url = new URL(inject('databaseUrl'))
  url.password = ''
  const password = 'file:secrets/vectordb.password'
  await using gateway = await startTestGateway({
    database: inject('databaseUrl'),
    connections: {
      sound: { url: url.href, password, access },
      broken: { url: url.href, password: 'file:secrets/later.password', access },
    },
  })
  const listed = await gateway.hoop('mika', ['connections'])
  expect(listed.status).toBe(0)
  expect(listed.stdout).toMatch(/^broken .* not now/m)
  expect(listed.stdout).toMatch(/^sound .* yes/m)
  expect(listed.stderr).toContain('broken, database postgres: this connection is not available for now')
  expect(listed.stdout + listed.stderr).not.toContain('later.password')
  const json = await gateway.hoop('mika', ['connections', '--json'])
  expect(JSON.parse(json.stdout)).toMatchObject({
    connections: [
      { name: 'broken', unavailable: [{ database: 'postgres', code: 'CONNECTION_UNAVAILABLE' }] },
      { name: 'sound' },
    ],
  })
  const status = await gateway.hoop('mika', ['status', '--json'])
  expect(status.stderr).toContain('broken, database postgres: this connection is not available for now')
  expect(JSON.parse(status.stdout)).toMatchObject({
    budgets: [{ connection: 'broken', unavailable: [{ code: 'CONNECTION_UNAVAILABLE' }] }, { connection: 'sound' }],
  })
  const used = await gateway.hoop('mika', ['exec', 'sound', 'SELECT 1 AS one', '--json'])
  expect([used.status, JSON.parse(used.stdout)]).toEqual([0, [{ one: '1' }]])
  const refused = await gateway.hoop('mika', ['exec', 'broken', 'SELECT 1', '--json'])
  expect(refused.status).toBe(69)
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'CONNECTION_UNAVAILABLE' } })

  // Another that is broken, and a mistake that is the file's: only the one is taken up.
  const document = parseDocument(await readFile(gateway.configFile, 'utf8'))
  document.setIn(['connections', 'third'], document.createNode({ url: url.href, password: 'env:NOT_THERE', access }))
  await writeFile(gateway.configFile, document.toString())
  gateway.server.process.kill('SIGHUP')
  await gateway.server.until(/new configuration in force/)
  expect((await gateway.hoop('mika', ['connections'])).stdout).toMatch(/^third .* not now/m)
  await writeFile(gateway.configFile, document.toString().replace('env:NOT_THERE', 'NOT_THERE'))
  gateway.server.process.kill('SIGHUP')
  await gateway.server.until(/the configuration that was in force stays in force/)
  expect((await gateway.hoop('mika', ['exec', 'sound', 'SELECT 1'])).status).toBe(0)

  await writeFile(
    `${gateway.folder}/secrets/later.password`,
    decodeURIComponent(new URL(inject('databaseUrl')).password),
    { mode: 0o600 },
  )
  expect((await gateway.hoop('mika', ['exec', 'broken', 'SELECT 1'])).status).toBe(0)
})
