import fc from 'fast-check'
import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { Leaf } from '../../../src/ledger/leaves.js'
import { LedgerLog } from '../../../src/ledger/log/log.js'
import { cosign, withSignatures } from '../../../src/ledger/note/cosignature.js'
import { KeyKind, parseVerifier, signerOf } from '../../../src/ledger/note/keys.js'
import { parseNote } from '../../../src/ledger/note/note.js'
import { parseProofFile, writeProofFile } from '../../../src/ledger/note/proof-file.js'
import { checkProof } from '../../../src/ledger/proof/content.js'
import { findLeaf } from '../../../src/ledger/proof/find.js'
import { writeProof } from '../../../src/ledger/proof/write.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat, keys } from '../log/sample.js'

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 200)
const time = '2026-11-30T12:00:00.000Z'
const ended = (session: string): Leaf => ({
  ...{ kind: 'session.end', time, session, end: 'closed', endedAt: time },
  ...{ head: 'ab'.repeat(32), frames: 3, size: 1234 },
})
const vote = (number: number, target: string, act: 'approval.approve' | 'session.kill'): Leaf => ({
  ...{ kind: 'act', time, number, at: time, act, target },
  by: { subject: 'ada', name: 'Ada' },
})

const made = async (path: string) => {
  await mkdir(path)
  const log = await LedgerLog.open({ folder: path, keys })
  const leaves = [
    ...Array.from({ length: 300 }, heartbeat),
    ...[ended('ses_1'), ended('ses_2'), vote(1, 'apr_1', 'approval.approve'), vote(2, 'apr_1', 'approval.approve')],
    ...[vote(3, 'ses_1', 'session.kill'), heartbeat()],
  ]
  await Promise.all(leaves.map((leaf) => log.append(leaf)))
  const prove = async (target: string) => writeProof(path, await findLeaf(path, target, 306n), log.checkpoint!)
  return { log, prove, key: [parseVerifier(log.vkey)] }
}

test('a session’s end, an act, and the last vote on a request are proved to whoever has the key', async () => {
  await using folder = await tempFolder()
  const { prove, key, log } = await made(folder.file('log'))
  const of = async (target: string) => checkProof(await prove(target), key)
  expect(await of('ses_2')).toMatchObject({ index: '301', size: '306', origin: log.origin, leaf: ended('ses_2') })
  expect(await of('apr_1')).toMatchObject({ leaf: { kind: 'act', number: 2 } })
  expect(await of('3')).toMatchObject({ leaf: { act: 'session.kill', target: 'ses_1' } })
  // A kill of a session is no decision on a request, and what has no end yet is not found.
  for (const target of ['ses_3', '4', 'apr_', 'ses'])
    await expect(prove(target)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})

test('another key, another leaf’s content, and a proof that says nothing prove nothing', async () => {
  await using folder = await tempFolder()
  const { prove, key } = await made(folder.file('log'))
  const [one, other] = [parseProofFile(await prove('ses_1')), parseProofFile(await prove('ses_2'))]
  const refused = (text: string, by = key) =>
    expect(() => checkProof(text, by)).toThrow(expect.objectContaining({ code: 'NOTE_INVALID' }))
  refused(writeProofFile(one), [signerOf(key[0]!.name, Buffer.alloc(32, 9))])
  refused(writeProofFile({ ...one, extra: other.extra! }))
  const { extra: _, ...silent } = one
  refused(writeProofFile(silent))
  // The salt of one leaf opens no other content, in the entry that is proved.
  const [mine, theirs] = [one, other].map(({ extra }) => JSON.parse(String(extra)) as Record<string, string>)
  refused(writeProofFile({ ...one, extra: Buffer.from(JSON.stringify({ ...mine, content: theirs!['content'] })) }))
  expect(checkProof(writeProofFile(one), key).index).toBe('300')
})

test('a proof that was changed in one character either says the same, or proves nothing', async () => {
  await using folder = await tempFolder()
  const { prove, key } = await made(folder.file('log'))
  const text = await prove('ses_1')
  const { leaf } = checkProof(text, key)
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(text[at] !== character)
      try {
        expect(checkProof(text.slice(0, at) + character + text.slice(at + 1), key).leaf).toEqual(leaf)
      } catch (error) {
        expect(error).toMatchObject({ code: 'NOTE_INVALID' })
      }
    }),
    { numRuns: runs },
  )
})

test('a witness that is asked for has to have signed', async () => {
  await using folder = await tempFolder()
  const { prove, key } = await made(folder.file('log'))
  const witness = signerOf('witness.example.com', Buffer.alloc(32, 5), KeyKind.cosignature)
  const file = parseProofFile(await prove('ses_1'))
  expect(() => checkProof(writeProofFile(file), key, [witness])).toThrow('has not signed')
  const signed = withSignatures(file.checkpoint, [cosign(parseNote(file.checkpoint).text, witness, 1_700_000_000)])
  expect(checkProof(writeProofFile({ ...file, checkpoint: signed }), key, [witness]).witnesses).toEqual([
    { name: 'witness.example.com', time: '2023-11-14T22:13:20.000Z' },
  ])
})
