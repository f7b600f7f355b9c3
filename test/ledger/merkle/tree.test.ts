import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Frontier } from '../../../src/ledger/merkle/frontier.js'
import { emptyRoot, leafHash } from '../../../src/ledger/merkle/hash.js'
import { consistencyProof, inclusionProof, rootOf } from '../../../src/ledger/merkle/tree.js'
import { isConsistent, isIncluded, type TreeHead } from '../../../src/ledger/merkle/verify.js'
import { inMemory, leavesOf, naiveRoot } from './reference.js'

const runs = Number(process.env['HOOP_TEST_FUZZ'] ?? 150)

/** The leaves and heads with which Certificate Transparency's own implementations are tested. */
const published = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const heads = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const referenceLeaves = published.map((hex) => leafHash(Buffer.from(hex, 'hex')))

test.for(heads.map((head, size) => [size, head] as const))(
  'the reference tree of %i leaves has its published head',
  async ([size, head]) => {
    const frontier = new Frontier()
    for (const leaf of referenceLeaves.slice(0, size)) frontier.add(leaf)
    expect(frontier.root.toString('hex')).toBe(head)
    expect((await rootOf(inMemory(referenceLeaves), BigInt(size))).toString('hex')).toBe(head)
  },
)

test('the proof of the reference tree’s first leaf is the published one', async () => {
  const proof = await inclusionProof(inMemory(referenceLeaves), 0n, 8n)
  expect(proof.map((hash) => hash.toString('hex'))).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ])
})

const sizes = fc.integer({ min: 1, max: 70 })
const headOf = (leaves: readonly Buffer[], size: number): TreeHead => ({
  size: BigInt(size),
  root: naiveRoot(leaves.slice(0, size)),
})

test('every head is that of the definition, by frontier and by subtrees', async () => {
  const leaves = leavesOf(300)
  const frontier = new Frontier()
  for (let size = 0; size <= 300; size++) {
    const root = naiveRoot(leaves.slice(0, size))
    expect(frontier.root.equals(root)).toBe(true)
    expect((await Frontier.of(inMemory(leaves), BigInt(size))).root.equals(root)).toBe(true)
    if (size < 300) frontier.add(leaves[size]!)
  }
})

test('every leaf is proved in every tree, and nothing else by the same proof', async () => {
  const leaves = leavesOf(40)
  for (let size = 1; size <= 40; size++)
    for (let index = 0; index < size; index++) {
      const proof = await inclusionProof(inMemory(leaves), BigInt(index), BigInt(size))
      const head = headOf(leaves, size)
      expect(isIncluded(leaves[index]!, BigInt(index), proof, head)).toBe(true)
      expect(isIncluded(leaves[(index + 1) % 40]!, BigInt(index), proof, head)).toBe(false)
    }
})

test('every tree is proved to begin with every former one, and with no other', async () => {
  const leaves = leavesOf(40)
  const forked = [...leaves.slice(0, 5), leafHash(Buffer.from('another')), ...leaves.slice(6)]
  for (let size = 0; size <= 40; size++)
    for (let first = 0; first <= size; first++) {
      const proof = await consistencyProof(inMemory(leaves), BigInt(first), BigInt(size))
      expect(isConsistent(headOf(leaves, first), proof, headOf(leaves, size))).toBe(true)
      if (first > 5) expect(isConsistent(headOf(forked, first), proof, headOf(leaves, size))).toBe(false)
      if (size > 5) expect(isConsistent(headOf(leaves, first), proof, headOf(forked, size))).toBe(first === 0)
    }
})

/** A proof that was changed in one way. */
const mutated = (proof: readonly Buffer[], how: number, at: number, bit: number): Buffer[] => {
  const copy: Buffer[] = proof.map((hash) => Buffer.from(hash))
  const place = copy.length === 0 ? 0 : at % copy.length
  const extra = leafHash(Buffer.of(bit))
  if (how === 0 && copy[place]) copy[place][bit >> 3]! ^= 1 << (bit & 7)
  else if (how === 1 && copy.length > 0) copy.splice(place, 1)
  else if (how === 2 && copy.length > 1 && !copy[place]!.equals(copy[(place + 1) % copy.length]!))
    [copy[place], copy[(place + 1) % copy.length]] = [copy[(place + 1) % copy.length]!, copy[place]!]
  else copy.splice(place, 0, extra)
  return copy
}

const mutation = [fc.integer({ min: 0, max: 3 }), fc.nat(70), fc.integer({ min: 0, max: 255 })] as const

test('a changed proof of a leaf proves nothing, nor does a sound one for another place, size or head', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), ...mutation, fc.nat(80), async (size, which, how, at, bit, other) => {
      const leaves = leavesOf(size)
      const [index, head] = [which % size, headOf(leaves, size)]
      const proof = await inclusionProof(inMemory(leaves), BigInt(index), BigInt(size))
      expect(isIncluded(leaves[index]!, BigInt(index), mutated(proof, how, at, bit), head)).toBe(false)
      if (other !== index) expect(isIncluded(leaves[index]!, BigInt(other), proof, head)).toBe(false)
      const root = Buffer.from(head.root)
      root[bit >> 3]! ^= 1 << (bit & 7)
      expect(isIncluded(leaves[index]!, BigInt(index), proof, { ...head, root })).toBe(false)
    }),
    { numRuns: runs },
  )
})

test('a changed proof of consistency proves nothing', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(), ...mutation, async (size, which, how, at, bit) => {
      const leaves = leavesOf(size)
      const first = 1 + (which % size)
      const proof = await consistencyProof(inMemory(leaves), BigInt(first), BigInt(size))
      const [former, latter] = [headOf(leaves, first), headOf(leaves, size)]
      expect(isConsistent(former, mutated(proof, how, at, bit), latter)).toBe(false)
      for (const head of ['former', 'latter'] as const) {
        const wrong = Buffer.from(head === 'former' ? former.root : latter.root)
        wrong[bit >> 3]! ^= 1 << (bit & 7)
        const pair = { former, latter, [head]: { ...(head === 'former' ? former : latter), root: wrong } }
        expect(isConsistent(pair.former, proof, pair.latter)).toBe(false)
      }
    }),
    { numRuns: runs },
  )
})

test('sizes beyond what a double holds are exact', async () => {
  const huge = (1n << 60n) + 1n
  const far = { hash: async (level: number, index: bigint) => leafHash(Buffer.from(`${level}/${index}`)) }
  const proof = await inclusionProof(far, huge - 1n, huge)
  const head = { size: huge, root: await rootOf(far, huge) }
  const leaf = await far.hash(0, huge - 1n)
  expect(proof).toHaveLength(1)
  expect(isIncluded(leaf, huge - 1n, proof, head)).toBe(true)
  expect(isIncluded(leaf, huge - 2n, proof, head)).toBe(false)
  expect(
    isConsistent(
      { size: huge - 1n, root: await rootOf(far, huge - 1n) },
      await consistencyProof(far, huge - 1n, huge),
      head,
    ),
  ).toBe(true)
})

test('an empty tree begins every tree, with its own head only', () => {
  const head = headOf(leavesOf(3), 3)
  expect(isConsistent({ size: 0n, root: emptyRoot }, [], head)).toBe(true)
  expect(isConsistent({ size: 0n, root: head.root }, [], head)).toBe(false)
})
