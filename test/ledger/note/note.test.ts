import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openCheckpoint, parseCheckpointText, signCheckpoint, signersOf } from '../../../src/ledger/note/checkpoint.js'
import { cosign, cosignaturesOf, withSignatures } from '../../../src/ledger/note/cosignature.js'
import { KeyKind, parseVerifier, signerOf } from '../../../src/ledger/note/keys.js'
import { parseNote, writeNote } from '../../../src/ledger/note/note.js'
import { checkProofFile, parseProofFile, writeProofFile } from '../../../src/ledger/note/proof-file.js'
import { inclusionProof } from '../../../src/ledger/merkle/tree.js'
import { inMemory, leavesOf, naiveRoot } from '../merkle/reference.js'

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 200)
const seed = (n: number): Buffer => Buffer.alloc(32, n)
const log = signerOf('gateway.example.com/ledger', seed(1))
const witness = signerOf('witness.example.com/w1', seed(2), KeyKind.cosignature)

// The example of the documentation of Go's golang.org/x/mod/sumdb/note.
const peter = {
  vkey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  skey: 'AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
  note: [
    'If you think cryptography is the answer to your problem,',
    "then you don't know what your problem is.",
    '',
    '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=',
    '',
  ].join('\n'),
}

test('the published example of a note is read, checked, and written alike', () => {
  const parsed = parseNote(peter.note)
  expect(signersOf(parsed, [parseVerifier(peter.vkey)])).toHaveLength(1)
  expect(writeNote(parsed)).toBe(peter.note)
  const signer = signerOf('PeterNeumann', Buffer.from(peter.skey, 'base64').subarray(1))
  expect(signer.vkey).toBe(peter.vkey)
  expect(signer.sign(Buffer.from(parsed.text)).equals(parsed.signatures[0]!.signature)).toBe(true)
})

test.for([
  'PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  'Peter+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  'PeterNeumann+c74f20a3+AhpcWQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10',
  '+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  'PeterNeumann',
  '',
])('%s is no verifier key', (vkey) => {
  expect(() => parseVerifier(vkey)).toThrow(expect.objectContaining({ code: 'NOTE_INVALID' }))
})

const head = { origin: log.name, size: 20852163n, root: Buffer.alloc(32, 7) }

test('a checkpoint has three lines, and comes back as it was signed', () => {
  const note = signCheckpoint(head, [log])
  expect(note.split('\n').slice(0, 4)).toEqual([log.name, '20852163', head.root.toString('base64'), ''])
  expect(openCheckpoint(note, [parseVerifier(log.vkey)])).toMatchObject({ ...head, extensions: [] })
})

test('a checkpoint that nobody trusted has signed is not believed, and one with a wrong signature neither', () => {
  const note = signCheckpoint(head, [log])
  expect(() => openCheckpoint(note, [signerOf('somebody.else', seed(3))])).toThrow('none of the keys')
  const sameName = signerOf(log.name, seed(3))
  expect(() => openCheckpoint(note, [sameName])).toThrow('none of the keys')
  expect(() => openCheckpoint(note.replace('20852163', '20852164'), [log])).toThrow('is wrong')
})

test.for([
  'origin\n1\n',
  `origin\n01\n${head.root.toString('base64')}\n`,
  `origin\n-1\n${head.root.toString('base64')}\n`,
  `\n1\n${head.root.toString('base64')}\n`,
  `origin\n1\n${head.root.toString('base64').slice(4)}\n`,
  `origin\n1\n${head.root.toString('base64')}`,
  `origin\n1\n${head.root.toString('base64')}\n\nx\n`,
])('%j is no checkpoint', (text) => {
  expect(() => parseCheckpointText(text)).toThrow(expect.objectContaining({ code: 'NOTE_INVALID' }))
})

test('lines that a log adds are kept apart', () => {
  expect(parseCheckpointText(`o\n1\n${head.root.toString('base64')}\nmore\n`).extensions).toEqual(['more'])
})

test('a witness’s word stands below the same checkpoint, with its time', () => {
  const note = signCheckpoint(head, [log])
  const cosigned = withSignatures(note, [cosign(parseNote(note).text, witness, 1679315147)])
  const known = [parseVerifier(witness.vkey)]
  expect(cosignaturesOf(cosigned, known)).toEqual([{ witness: known[0], time: 1679315147 }])
  expect(openCheckpoint(cosigned, [log]).size).toBe(head.size)
  const later = cosign(parseNote(note).text, witness, 1679315147)
  later.signature.writeBigUInt64BE(1679315148n)
  expect(() => cosignaturesOf(withSignatures(note, [later]), known)).toThrow('is wrong')
})

test('a witness’s key signs no checkpoint as a log, nor a log’s as a witness', () => {
  const asLog = signCheckpoint(head, [{ ...witness }])
  expect(() => openCheckpoint(asLog, [witness])).toThrow('none of the keys')
  expect(cosignaturesOf(signCheckpoint(head, [log]), [log])).toEqual([])
})

test('no note that was changed in one character is believed to be what it was', () => {
  const note = signCheckpoint(head, [log])
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(note[at] !== character)
      const changed = note.slice(0, at) + character + note.slice(at + 1)
      expect(() => openCheckpoint(changed, [log])).toThrow(expect.objectContaining({ code: 'NOTE_INVALID' }))
    }),
    { numRuns: runs },
  )
})

test('whatever is read as a note, only NOTE_INVALID comes of it', () => {
  const line = fc.oneof(fc.string(), fc.constant('— a AAAAAAAA'), fc.constant(''), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        const text = `${lines.join('\n')}\n`
        expect(writeNote(parseNote(text))).toBe(text)
      } catch (error) {
        expect(error).toMatchObject({ code: 'NOTE_INVALID' })
      }
    }),
    { numRuns: runs },
  )
})

const proved = async (extra?: Buffer) => {
  const leaves = leavesOf(11)
  const checkpoint = signCheckpoint({ origin: log.name, size: 11n, root: naiveRoot(leaves) }, [log])
  const proof = await inclusionProof(inMemory(leaves), 6n, 11n)
  return { leaf: leaves[6]!, text: writeProofFile({ index: 6n, proof, checkpoint, ...(extra && { extra }) }) }
}

test.for([undefined, Buffer.from('{"salt":"…"}')])(
  'a proof file is checked with nothing but the key',
  async (extra) => {
    const { leaf, text } = await proved(extra)
    const file = parseProofFile(text)
    expect(file.extra?.toString()).toBe(extra?.toString())
    expect(checkProofFile(file, leaf, [parseVerifier(log.vkey)])).toMatchObject({ size: 11n })
    expect(() => checkProofFile(file, leavesOf(12)[7]!, [log])).toThrow('does not stand in the log')
  },
)

test('no proof file that was changed in one character proves the same entry', async () => {
  const { leaf, text } = await proved()
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(text[at] !== character)
      const changed = text.slice(0, at) + character + text.slice(at + 1)
      expect(() => checkProofFile(parseProofFile(changed), leaf, [log])).toThrow(
        expect.objectContaining({ code: 'NOTE_INVALID' }),
      )
    }),
    { numRuns: runs },
  )
})
