import { copyFile, rename, rm, symlink } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { freshDatabase } from '../../../helpers/database.js'
import { gatewayFolder } from '../../../helpers/gateway-folder.js'
import { startTestGateway } from '../../../helpers/gateway.js'
import { createRecordingsView } from './recordings.js'
import { logInto, started } from './started.js'

test('a second gateway on the same store is refused, by another name of it too, and harms nobody', async () => {
  await using it = await started()
  await using other = await gatewayFolder({ issuer: it.idp.issuer, group: 'ml-eng' })
  const second = () => startGateway({ config: other.config, version: '0.0.0', log: logInto([]), env: {} })
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  await symlink(it.folder.file('hoop.db'), other.file('linked.db'))
  for (const store of [it.folder.file('hoop.db'), other.file('linked.db')]) {
    await other.edit(/store: .*/, `store: sqlite:${store}`)
    await expect(second()).rejects.toMatchObject({ code: 'GATEWAY_RUNNING', exit: 69 })
  }
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
  await other.edit(/store: .*/, 'store: sqlite:own.db')
  await (await second()).close(0)
})

const takeAway = {
  'recordings deleted': (file: (name: string) => string) => rm(file('recordings'), { recursive: true }),
  'recordings moved': (file: (name: string) => string) => rename(file('recordings'), file('elsewhere')),
  'the store deleted': (file: (name: string) => string) => rm(file('hoop.db')),
  'the store replaced': async (file: (name: string) => string) => {
    await copyFile(file('hoop.db'), file('backup.db'))
    await rename(file('backup.db'), file('hoop.db'))
  },
}

test.for(Object.entries(takeAway))('with %s sessions end, and none begins', async ([what, act]) => {
  await using it = await started()
  const mika = await it.person('mika')
  const grant = await mika.grant()
  const idle = await mika.connect(grant)
  await act((name) => it.folder.file(name))
  const refused = await mika.connect(grant).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: expect.stringMatching(/^(58030|57P03)$/) as string })
  const told = await idle.ended
  expect(told).toMatchObject({ code: '58030' })
  for (const error of [refused, told]) expect(JSON.stringify(error) + String(error)).not.toContain(it.folder.path)
  const lost = await it.gateway.lost
  expect(lost.exit).toBe(74)
  const path = it.folder.file(what.startsWith('recordings') ? 'recordings/.lock' : 'hoop.db')
  expect(it.log).toContainEqual(
    expect.objectContaining({
      level: 'fatal',
      err: expect.objectContaining({ message: expect.stringContaining(path) as string }) as object,
    }),
  )
})

test('what comes behind the deletion runs nowhere; the gateway ends with 74, and starts anew', async () => {
  await using database = await freshDatabase()
  const direct = await database.client()
  await direct.query('CREATE TABLE ran (n int)')
  await using gateway = await startTestGateway({ database: database.url })
  const insert = (n: number) => gateway.hoop('casey', ['exec', 'vectordb', `INSERT INTO ran VALUES (${n})`])
  expect((await insert(1)).status).toBe(0)
  await rm(`${gateway.folder}/recordings`, { recursive: true })
  expect((await insert(2)).status).not.toBe(0)
  const ended = await gateway.server.ended
  expect(ended.status).toBe(74)
  expect(ended.stderr).toContain('recordings/.lock was deleted or moved')
  await gateway.restart()
  expect((await insert(3)).status).toBe(0)
  expect((await direct.query('SELECT n FROM ran ORDER BY n')).rows).toEqual([{ n: 1 }, { n: 3 }])
  expect(await createRecordingsView(`${gateway.folder}/recordings`).ends()).toEqual(['closed'])
})
