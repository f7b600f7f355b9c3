import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { readBundle } from '../../../src/ledger/bundle/read.js'
import { readTar } from '../../../src/ledger/bundle/tar.js'
import { writeBundle } from '../../../src/ledger/bundle/write.js'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import type { StoreView } from '../../../src/ledger/verify/store.js'
import { verifyLedger } from '../../../src/ledger/verify/verify.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat, keys } from '../log/sample.js'

const rows = async function* (count: number): AsyncGenerator<never, void> {
  const counters = { statements: 0, refused: 0, errors: 0, rows: 0, bytes: 0, masked: 0 }
  const same = {
    subject: 'ada',
    name: 'ada',
    connection: 'vectordb',
    grantId: 'gr_1',
    policyHash: '0',
    seenClear: false,
  }
  for (let id = 0; id < count; id++)
    yield { id: `ses_${id}`, ...same, startedAt: '2026-11-20T08:00:00.000Z', counters } as never
}
const store = (sessions = 0): StoreView => ({ sessions: () => rows(sessions), acts: () => rows(0) })

const logIn = async (folder: string, count: number) => {
  const log = await LedgerLog.open({ folder, keys })
  await log.append({ ...heartbeat(), kind: 'begin', version: '0', vkey: keys.signers[0].vkey } as never)
  for (let at = 1; at < count; at++) await log.append(heartbeat(at))
  return log
}

const vkey = keys.signers[0].vkey
const streamOf = (bytes: AsyncIterable<Buffer>) => Readable.from(bytes) as AsyncIterable<Buffer>

test('tiles that become whole while a bundle is written are in it', async () => {
  await using folder = await tempFolder()
  const [ledger, recordings] = [folder.file('ledger'), folder.file('recordings')]
  await Promise.all([ledger, recordings].map((path) => mkdir(path)))
  const log = await logIn(ledger, 20)
  let isGrown = false
  // From the first tile on, the others are known by their names alone.
  const growing = async function* (): AsyncGenerator<Buffer, void> {
    for await (const part of writeBundle({ folder: ledger, recordings, store: store(), vkey })) {
      yield part
      if (isGrown || !part.toString('latin1', 0, 12).startsWith('ledger/tile/')) continue
      isGrown = true
      await Promise.all(Array.from({ length: 260 }, (_, at) => log.append(heartbeat(20 + at))))
    }
  }
  const { about, ...unpacked } = await readBundle(streamOf(growing()), folder.file('unpacked'))
  expect(isGrown).toBe(true)
  const found = await verifyLedger({ ...unpacked, vkey: about.vkey })
  expect(found).toMatchObject({ sound: true, leaves: 20 })
  expect(found.findings.map(({ kind }) => kind)).toEqual(['unpublished'].filter(() => found.findings.length > 0))
})

test('a store of many rows comes whole, in parts; a recording that is a link stays away', async () => {
  await using folder = await tempFolder()
  const [ledger, recordings] = [folder.file('ledger'), folder.file('recordings')]
  await Promise.all([ledger, join(recordings, '2026-11-20')].map((path) => mkdir(path, { recursive: true })))
  await logIn(ledger, 2)
  await writeFile(folder.file('elsewhere'), 'x')
  await symlink(folder.file('elsewhere'), join(recordings, '2026-11-20', 'ses_1.hooprec'))
  const names: string[] = []
  const options = { folder: ledger, recordings, store: store(2500), vkey }
  for await (const { path, content } of readTar(streamOf(writeBundle(options)))) {
    names.push(path)
    for await (const _ of content);
  }
  expect(names.filter((name) => /store|recordings/.test(name))).toEqual(
    [0, 1, 2].map((n) => `store/sessions.${n}.jsonl`),
  )
  const unpacked = await readBundle(streamOf(writeBundle(options)), folder.file('unpacked'))
  const ids = new Set<string>()
  for await (const { id } of unpacked.store.sessions()) ids.add(id)
  expect(ids.size).toBe(2500)
})

test('a header that was altered is no bundle’s', async () => {
  await using folder = await tempFolder()
  const whole: Buffer[] = []
  const options = { folder: folder.path, recordings: folder.path, store: store(), vkey }
  for await (const part of writeBundle(options)) whole.push(part)
  const altered = [Buffer.from(whole[0]!).fill('7', 100, 101), ...whole.slice(1)]
  await expect(readBundle(streamOf(Readable.from(altered)), folder.file('unpacked'))).rejects.toMatchObject({
    code: 'NOTE_INVALID',
  })
})

test.for([
  ['id', { toString: 0, valueOf: 0 }],
  ['startedAt', 'once'],
  ['endedAt', 5],
  ['owner', { subject: 'ada', name: null }],
  ['counters', { statements: 1 }],
  ['seenClear', null],
  ['__proto__', 'x'],
] as const)('a row whose %s is none of its kind makes the bundle none', async ([name, value]) => {
  await using folder = await tempFolder()
  const sessions = async function* () {
    for await (const row of rows(2)) {
      const { id, ...others } = row as { readonly id: string }
      if (name === '__proto__') yield { ...others, ['__proto__']: { id } } as never
      else yield { id, ...others, [name]: value } as never
    }
  }
  const options = { folder: folder.path, recordings: folder.path, store: { ...store(), sessions }, vkey }
  const { store: read } = await readBundle(streamOf(writeBundle(options)), folder.file('unpacked'))
  const wrong = name === '__proto__' ? 'id' : name
  const all = async () => {
    for await (const { id: _ } of read.sessions());
  }
  await expect(all()).rejects.toMatchObject({ code: 'NOTE_INVALID' })
  await expect(all()).rejects.toThrow(`line 1 of store/sessions.0.jsonl is none that a gateway writes: its ${wrong}`)
})
