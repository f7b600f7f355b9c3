import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Audited } from '../../../src/operator/audit/verify.js'
import { startTestGateway } from '../../helpers/gateway.js'
import { freshDatabase } from '../../helpers/database.js'

test('a gateway’s record is verified over its API, from its folders and from an export; an altered recording is named, and exits with 3', async () => {
  await using database = await freshDatabase()
  await using it = await startTestGateway({ database: database.url, gateway: { ledger: { copies: ['file:copies'] } } })
  expect((await it.hoop('mika', ['exec', 'vectordb', 'SELECT 1'])).status).toBe(0)
  const listed = JSON.parse((await it.hoop('ines', ['sessions', 'list', '--json'])).stdout) as {
    sessions: { id: string; startedAt: string }[]
  }
  const { id, startedAt } = listed.sessions[0]!

  const online = await it.hoop('ines', ['audit', 'verify', '--json'])
  expect(online).toMatchObject({ status: 0 })
  const first = JSON.parse(online.stdout) as Audited
  expect(first).toMatchObject({ sound: true, sessions: 1, recordings: 1, trust: 'first use' })
  expect((await it.hoop('mika', ['audit', 'verify'])).status).toBe(77)

  const exported = await it.hoop('ines', ['audit', 'export', 'record.tar'])
  expect(exported.status).toBe(0)
  const alone = await it.hoop('ines', ['audit', 'verify', '--bundle', 'record.tar', '--vkey', first.vkey])
  expect(alone.stdout).toContain('Nothing was altered')

  const offline = () => it.hoop('ines', ['audit', 'verify', '--config', it.configFile, '--json'])
  const before = JSON.parse((await offline()).stdout) as Audited
  expect(before).toMatchObject({ sound: true, trust: 'configuration' })
  expect(before.copies).toBeGreaterThan(0)
  const proved = await it.hoop('ines', ['audit', 'proof', id])
  expect(proved.status).toBe(0)
  expect((await it.hoop('mika', ['audit', 'proof', id, '-o', 'mine'])).status).toBe(77)
  expect((await it.hoop('ines', ['audit', 'proof', 'ses_none'])).stderr).toContain('a session that has ended')
  expect((await it.hoop('ines', ['audit', 'proof', id, '--config', it.configFile, '-o', 'alone'])).status).toBe(0)
  for (const file of [`${id}.tlog-proof`, 'alone']) {
    const said = await it.hoop('mika', ['audit', 'verify', '--proof', file, '--vkey', first.vkey, '--json'])
    expect(said).toMatchObject({ status: 0 })
    expect(JSON.parse(said.stdout)).toMatchObject({
      leaf: { kind: 'session.end', session: id, head: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    })
  }

  // Who has read what stands in the ledger itself.
  const contents = await readFile(`${it.folder}/recordings-ledger/contents/000.jsonl`, 'utf8')
  expect(contents).toContain('GET /v1/sessions')
  expect(contents).toContain('GET /v1/audit/bundle')
  expect(contents).toContain(`/v1/audit/proofs/${id}`)

  await it.end()
  const path = `${it.folder}/recordings/${startedAt.slice(0, 10)}/${id}.hooprec`
  const bytes = await readFile(path)
  await writeFile(path, bytes.with(bytes.length - 200, bytes[bytes.length - 200]! ^ 1))
  const after = await offline()
  expect(after.status).toBe(3)
  expect((JSON.parse(after.stdout) as Audited).findings).toContainEqual(
    expect.objectContaining({ kind: 'recording-altered', session: id }),
  )
})
