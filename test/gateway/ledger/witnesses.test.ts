import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { ensureLedgerKeys, loadLedgerKeys } from '../../../src/ledger/log/key-file.js'
import { readCheckpoint } from '../../../src/ledger/log/files.js'
import { parseVerifier } from '../../../src/ledger/note/keys.js'
import { checkProof } from '../../../src/ledger/proof/content.js'
import { findLeaf } from '../../../src/ledger/proof/find.js'
import { writeProof } from '../../../src/ledger/proof/write.js'
import { bestCheckpoint, readCosigned } from '../../../src/ledger/witness/cosigned.js'
import { serveWitness } from '../../../src/operator/witness/serve.js'
import { tempFolder } from '../../helpers/temp.js'
import { openGateway, placesIn, verified } from './history.js'

test('a witness signs what a gateway’s ledger comes to, and refuses it once it was rewritten; that shows', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  await ensureLedgerKeys(at.keys, 'gateway.example.com')
  const { signers } = await loadLedgerKeys(at.keys)
  const logs = [signers[0].vkey]
  const serve = (port = 0) =>
    serveWitness({
      ...{ key: folder.file('witness.json'), name: 'witness.example.com', state: folder.file('state') },
      ...{ host: '127.0.0.1', port, logs },
    })
  let witness = await serve()
  const { vkey, url } = witness
  // Of two that share a state one could sign what contradicts the other.
  await expect(serve()).rejects.toMatchObject({ code: 'WITNESS_RUNNING' })
  const key = parseVerifier(vkey)
  const witnesses = [{ vkey, url }]
  const demanded = [{ key, demanded: true }]
  {
    await using gateway = await openGateway(at, { copies: [], witnesses })
    const session = await gateway.begin('ses_1')
    session.run(3)
    await session.end()
    await vi.waitFor(() => expect(gateway.metrics.ledger.witnessed).toBeGreaterThan(0), 10_000)
  }
  expect(await verified(at, { witnesses: demanded })).toMatchObject({
    sound: true,
    witnesses: [{ name: 'witness.example.com' }],
  })
  // The last checkpoint was signed before the gateway stopped, so a proof of the session has the witness's word.
  const newest = (await readCheckpoint(at.ledger))!
  const index = await findLeaf(at.ledger, 'ses_1', BigInt(newest.split('\n')[1]!))
  const proof = await writeProof(at.ledger, index, await bestCheckpoint(at.ledger, newest, index))
  expect(checkProof(proof, [signers[0]], [key])).toMatchObject({
    leaf: { session: 'ses_1' },
    witnesses: [{ name: 'witness.example.com' }],
  })

  // Everything but the keys is made anew, and the witness too has started again.
  await cp(join(at.ledger, 'cosigned'), folder.file('cosigned'), { recursive: true })
  for (const path of [at.ledger, at.recordings, at.store, `${at.store}-wal`, `${at.store}-shm`])
    await rm(path, { recursive: true, force: true })
  await witness[Symbol.asyncDispose]()
  witness = await serve(Number(new URL(url).port))
  expect(witness.vkey).toBe(vkey)
  {
    await using gateway = await openGateway(at, { copies: [], witnesses })
    await Promise.all(Array.from({ length: 40 }, () => gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })))
    await vi.waitFor(() => expect(gateway.metrics.ledger.witnessesFailed).toBeGreaterThan(0), 10_000)
  }
  expect(await readCosigned(at.ledger, key.id)).toBeUndefined()
  const kinds = async (asked = demanded) => (await verified(at, { witnesses: asked })).findings.map(({ kind }) => kind)
  expect(await kinds()).toEqual(['witness-missing'])
  expect(await kinds([{ key, demanded: false }])).toEqual(['witness-silent'])
  await cp(folder.file('cosigned'), join(at.ledger, 'cosigned'), { recursive: true })
  expect(await kinds()).toEqual(['ledger-forked'])
  await witness[Symbol.asyncDispose]()
})

test('a witness that isn’t there stops nothing', async () => {
  await using folder = await tempFolder()
  const at = placesIn(folder.file('gateway'))
  const vkey = 'witness.example.com+'
  const witness = await serveWitness({
    ...{ key: folder.file('witness.json'), name: 'witness.example.com', state: folder.file('state') },
    ...{ host: '127.0.0.1', port: 0, logs: [] },
  })
  await witness[Symbol.asyncDispose]()
  expect(witness.vkey.startsWith(vkey)).toBe(true)
  await using gateway = await openGateway(at, { copies: [], witnesses: [{ url: witness.url, vkey: witness.vkey }] })
  expect(await gateway.ledgers.ledger.write('heartbeat', { sessions: 0 })).toBeGreaterThan(0n)
  await vi.waitFor(() => expect(gateway.metrics.ledger.witnessesFailed).toBeGreaterThan(0), 10_000)
})
