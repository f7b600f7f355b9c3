import { mkdir, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { markOpen } from '../../../../src/recording/open-index.js'
import { openRecording } from '../../../../src/recording/open.js'
import { recordingPath } from '../../../../src/recording/paths.js'
import { startGateway } from '../../../../src/gateway/server/start/start.js'
import { freshDatabase } from '../../../helpers/database.js'
import { closed, start } from '../../../recording/sample.js'
import { createRecordingsView } from './recordings.js'
import { logInto, type LogLine, started } from './started.js'

const leave = async (recordings: string, session: string, spoil: (path: string) => Promise<unknown>) => {
  const recorder = await openRecording(recordings, { ...start, session })
  recorder.close(closed)
  await recorder.released
  const path = recordingPath(recordings, session, start.time)
  await markOpen(recordings, path)
  await spoil(path)
}

test('an empty, a headless and an unreadable recording are a line each, and the gateway starts', async () => {
  const log: LogLine[] = []
  await using it = await started(
    async (folder) => {
      const recordings = folder.file('recordings')
      await leave(recordings, 'empty', (path) => truncate(path, 0))
      await leave(recordings, 'headless', (path) => writeFile(path, 'x'.repeat(300)))
      await leave(recordings, 'unreadable', async (path) => {
        await rm(path)
        await mkdir(path)
      })
    },
    { log: logInto(log) },
  )
  const mika = await it.person('mika')
  const { client } = await mika.connect()
  expect((await client.query('SELECT 1')).rowCount).toBe(1)
  const said = log.filter(({ msg }) => msg.includes('cannot be closed'))
  expect(said.map(({ session, err }) => [session, (err as { code: string }).code]).toSorted()).toEqual([
    ['empty', 'RECORDING_DAMAGED'],
    ['headless', 'RECORDING_DAMAGED'],
    ['unreadable', 'RECORDING_DAMAGED'],
  ])
})

test('a session whose end the store had no room for ends as its recording says', async () => {
  await using it = await started()
  const mika = await it.person('mika')
  const { client, ended } = await mika.connect()
  await client.query('SELECT 1')
  await client.end()
  await ended
  await expect.poll(() => createRecordingsView(it.folder.file('recordings')).ends()).toEqual(['closed'])
  await it.gateway.close(0)
  const db = new DatabaseSync(it.folder.file('hoop.db'))
  db.exec('UPDATE sessions SET ended_at = NULL, "end" = NULL, reason = NULL, statements = 0')
  const gateway = await startGateway({ config: it.folder.config, version: '0.0.0', log: logInto([]), env: {} })
  await gateway.close(0)
  expect(db.prepare('SELECT "end", reason, statements FROM sessions').all()).toMatchObject([
    { end: 'closed', reason: null, statements: 1 },
  ])
  db.close()
})

test('what a session asks once its recording is deleted runs no more', async () => {
  await using database = await freshDatabase()
  const direct = await database.client()
  await direct.query('CREATE TABLE ran (n int)')
  await using it = await started((folder) => folder.edit('/postgres?', `/${database.name}?`))
  const mika = await it.person('mika')
  const { client, ended } = await mika.connect()
  await client.query('INSERT INTO ran VALUES (1)')
  const recordings = it.folder.file('recordings')
  for (const name of await readdir(recordings, { recursive: true }))
    if (name.endsWith('.hooprec')) await rm(join(recordings, name))
  await expect(client.query('INSERT INTO ran VALUES (2)')).rejects.toMatchObject({ code: '58030' })
  await ended
  expect((await direct.query('SELECT n FROM ran')).rows).toEqual([{ n: 1 }])
  // One session's trouble is its own.
  const next = await mika.connect()
  expect((await next.client.query('INSERT INTO ran VALUES (3)')).rowCount).toBe(1)
})
