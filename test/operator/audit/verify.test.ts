import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { layout } from '../../../src/gateway/host/layout.js'
import { writeBundle } from '../../../src/ledger/bundle/write.js'
import {
  ensureLedgerKeys,
  ledgerKeysText,
  loadLedgerKeys,
  newLedgerKeys,
  parseLedgerKeys,
} from '../../../src/ledger/log/key-file.js'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { verifyBundle, verifyByConfiguration } from '../../../src/operator/audit/verify.js'
import { openStore } from '../../../src/store/open.js'
import { gatewayFolder } from '../../helpers/gateway-folder.js'

const time = new Date().toISOString()

test('a key that was rotated while the gateway was stopped is no forgery', async () => {
  await using folder = await gatewayFolder()
  const [path, ledger] = [folder.file(layout.ledgerKeys), folder.file('recordings-ledger')]
  await ensureLedgerKeys(path, 'gateway.example.com')
  for (const each of [ledger, folder.file('recordings')]) await mkdir(each, { recursive: true })
  await (await openStore(`sqlite:${folder.file('hoop.db')}`))[Symbol.asyncDispose]()
  const log = await LedgerLog.open({ folder: ledger, keys: await loadLedgerKeys(path) })
  await log.append({ kind: 'begin', time, version: '0', vkey: log.vkey })
  const { origin, keys } = parseLedgerKeys(await readFile(path, 'utf8'))
  await writeFile(path, ledgerKeysText({ origin, keys: [newLedgerKeys('x').keys[0], ...keys] }))
  const memory = folder.file('audit.json')
  expect(await verifyByConfiguration(folder.config, { memory })).toMatchObject({ sound: true, findings: [] })
  await log.rotate(await loadLedgerKeys(path))
  expect(await verifyByConfiguration(folder.config, { memory })).toMatchObject({ sound: true, findings: [] })
})

test('what a bundle leaves out is nothing that the bundle decides', async () => {
  await using folder = await gatewayFolder()
  const [path, ledger] = [folder.file(layout.ledgerKeys), folder.file('ledger')]
  await ensureLedgerKeys(path, 'gateway.example.com')
  for (const each of [ledger, folder.file('recordings')]) await mkdir(each, { recursive: true })
  const log = await LedgerLog.open({ folder: ledger, keys: await loadLedgerKeys(path) })
  await log.append({ kind: 'begin', time, version: '0', vkey: log.vkey })
  const who = { subject: 'a', name: 'a', connection: 'c', grant: 'g', policy: 'p' }
  await log.append({ kind: 'session.start', time, session: 'ses_1', startedAt: time, ...who })
  const none = async function* (): AsyncGenerator<never, void> {}
  const options = {
    ...{ folder: ledger, recordings: folder.file('recordings'), vkey: log.vkey },
    store: { sessions: none, acts: none },
  }
  const since = new Date('9999-01-01')
  const memory = folder.file('audit.json')
  for (const asked of [undefined, new Date('9998-01-01')])
    await expect(verifyBundle(writeBundle({ ...options, since }), { memory, since: asked })).rejects.toMatchObject({
      code: 'NOTE_INVALID',
      message: expect.stringContaining('9999-01-01') as unknown,
    })
  expect(existsSync(memory)).toBe(false)
  expect(await verifyBundle(writeBundle({ ...options, since }), { memory, since })).toMatchObject({ leftOut: 1 })
  expect((await verifyBundle(writeBundle(options), { memory })).findings).toContainEqual(
    expect.objectContaining({ kind: 'recording-missing', session: 'ses_1' }),
  )
})
