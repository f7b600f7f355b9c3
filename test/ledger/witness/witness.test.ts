import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { consistencyProof } from '../../../src/ledger/merkle/tree.js'
import { openCheckpoint, signCheckpoint } from '../../../src/ledger/note/checkpoint.js'
import { cosignaturesOf } from '../../../src/ledger/note/cosignature.js'
import { KeyKind, parseVerifier, signerOf } from '../../../src/ledger/note/keys.js'
import { TileFiles } from '../../../src/ledger/tiles/tile-files.js'
import { bestCheckpoint, keepCosigned } from '../../../src/ledger/witness/cosigned.js'
import { writeSubmission } from '../../../src/ledger/witness/submission.js'
import { Witness } from '../../../src/ledger/witness/witness.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat, keys } from '../log/sample.js'

const key = signerOf('witness.example.com/w1', Buffer.alloc(32, 2), KeyKind.cosignature)

/** A log whose checkpoints are submitted with a proof from what is said to be old. */
const logIn = async (folder: string) => {
  await mkdir(folder)
  const log = await LedgerLog.open({ folder, keys })
  return {
    checkpoint: () => log.checkpoint!,
    grow: async (to: number): Promise<void> => {
      const size = log.checkpoint === undefined ? 0n : openCheckpoint(log.checkpoint, keys.signers).size
      await Promise.all(Array.from({ length: to - Number(size) }, () => log.append(heartbeat())))
    },
    from: async (old: number, checkpoint = log.checkpoint!): Promise<string> => {
      const { size } = openCheckpoint(checkpoint, keys.signers)
      const proof = await consistencyProof(new TileFiles(folder, size), BigInt(old), size)
      return writeSubmission({ old: BigInt(old), proof, checkpoint })
    },
  }
}

const made = async (path: (name: string) => string) => {
  const state = path('state')
  await mkdir(state)
  const open = () => new Witness({ key, logs: [parseVerifier(keys.signers[0].vkey)], state })
  return { state, open, log: await logIn(path('log')), fork: await logIn(path('fork')) }
}

test('a head that continues the last one is signed; a rewritten log is not, before and after the witness starts anew', async () => {
  await using folder = await tempFolder()
  const { open, log, fork } = await made((name) => folder.file(name))
  const witness = open()
  await log.grow(5)
  const first = await witness.add(await log.from(0), new Date(1_700_000_000_500))
  expect(first.status).toBe(200)
  expect(cosignaturesOf(log.checkpoint() + first.body, [key])).toEqual([{ witness: key, time: 1_700_000_000 }])
  await log.grow(300)
  expect((await witness.add(await log.from(5))).status).toBe(200)

  // The same keys have signed other leaves.
  await fork.grow(300)
  const again = open()
  for (const one of [witness, again]) {
    expect(await one.add(await log.from(5))).toEqual({ status: 409, body: '300\n', type: 'text/x.tlog.size' })
    expect((await one.add(await fork.from(0))).body).toBe('300\n')
    expect(await one.add(await fork.from(300))).toEqual({
      status: 409,
      body: expect.stringContaining('another head') as string,
    })
    expect((await one.add(await log.from(300))).status).toBe(200)
  }
  await fork.grow(320)
  expect((await again.add(await fork.from(300))).status).toBe(422)
  await log.grow(320)
  expect((await again.add((await log.from(300)).replace(/\n[^\n]+\n\n/, '\n\n'))).status).toBe(422)
  expect((await again.add(await log.from(300))).status).toBe(200)
})

test('of two heads that come at once one is signed', async () => {
  await using folder = await tempFolder()
  const { open, log, fork, state } = await made((name) => folder.file(name))
  await Promise.all([log.grow(7), fork.grow(7)])
  const witness = open()
  const both = await Promise.all([witness.add(await log.from(0)), witness.add(await fork.from(0))])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(await readdir(state)).toHaveLength(1)
})

test('what is no submission, of no known log, or signed by nobody known is refused', async () => {
  await using folder = await tempFolder()
  const { open, log, state } = await made((name) => folder.file(name))
  const witness = open()
  await log.grow(3)
  const good = await log.from(0)
  const stranger = signerOf('somebody.else', Buffer.alloc(32, 7))
  const head = { origin: stranger.name, size: 3n, root: Buffer.alloc(32) }
  const submit = (checkpoint: string) => writeSubmission({ old: 0n, proof: [], checkpoint })
  const status = async (body: string) => (await witness.add(body)).status
  expect(await status(submit(signCheckpoint(head, [stranger])))).toBe(404)
  const thief = signerOf(keys.origin, Buffer.alloc(32, 7))
  expect(await status(submit(signCheckpoint({ ...head, origin: keys.origin }, [thief])))).toBe(403)
  expect(await status(good.replace('\n3\n', '\n4\n'))).toBe(403)
  for (const body of ['', 'old 0\n', good.replace('old 0', 'old 00'), good.replace('old 0', 'old 4'), `${good}x`])
    expect(await status(body)).toBe(400)
  expect(await readdir(state)).toEqual([])
  // A state that can't be read is none that begins anew.
  expect(await status(good)).toBe(200)
  await writeFile(join(state, (await readdir(state))[0]!), '{}')
  await expect(open().add(good)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test('a proof’s checkpoint is the one that most witnesses have signed and that has the leaf', async () => {
  await using folder = await tempFolder()
  const { open, log } = await made((name) => folder.file(name))
  const at = folder.file('log')
  const other = signerOf('other', Buffer.alloc(32, 3), KeyKind.cosignature)
  await log.grow(5)
  const small = log.checkpoint()
  const signed = (await open().add(await log.from(0))).body
  await keepCosigned(at, key.id, small + signed)
  await keepCosigned(at, other.id, small + signed.replace(key.name, other.name))
  await log.grow(9)
  const best = await bestCheckpoint(at, log.checkpoint(), 4n)
  expect(best.split('\n').sort()).toEqual((small + signed + signed.replace(key.name, other.name)).split('\n').sort())
  expect(await bestCheckpoint(at, log.checkpoint(), 5n)).toBe(log.checkpoint())
})
