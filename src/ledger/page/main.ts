import { readBundle } from '../bundle/read.js'
import { tarEnd, tarHeader, tarPadding } from '../bundle/tar.js'
import { decompress } from '../../recording/format/zstd.js'
import { findingKinds, isTampering, type Verification } from '../verify/report.js'
import { verifyLedger } from '../verify/verify.js'
import { settleSignatures } from './node/crypto.js'
import { forget } from './node/files.js'
import { NoZstd } from './node/zlib.js'

/** Where a bundle is unpacked to, in memory. */
const place = '/bundle'

/** What came of it, with words for people. */
export interface Checked {
  readonly verification: Verification
  readonly vkey: string
  /** Sessions from before are not in it. ISO 8601. */
  readonly since?: string
  /** One line each: what was found first. */
  readonly lines: readonly string[]
}

const openFrame = async (payload: Buffer): Promise<Buffer | undefined> => {
  try {
    return await decompress(payload)
  } catch (error) {
    if (error instanceof NoZstd) return undefined
    throw error
  }
}

const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`

/** What a bundle leaves out is its own word: whoever changed it could have left out what they changed. */
const verdict = (sound: boolean, since: string | undefined): string => {
  if (!sound) return 'ALTERED.'
  return since === undefined
    ? 'NOTHING WAS ALTERED, as far as this bundle shows.'
    : `NOT CHECKED: sessions from before ${since}, which this bundle leaves out. In what it has, no alteration was found.`
}

const wordsOf = (
  { sound, findings, ...checked }: Verification,
  vkey: string,
  isGiven: boolean,
  since?: string,
): string[] => [
  verdict(sound, since),
  ...findings
    .toSorted((one, other) => Number(isTampering(other)) - Number(isTampering(one)))
    .map((finding) => {
      const { kind, session, act, leaf, frame, expected, found, time } = finding
      const places = { session, act, leaf, frame, expected, found, time }
      const about = Object.entries(places).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
      return `${isTampering(finding) ? 'Altered' : 'Note'}: ${findingKinds[kind].says}${about.length > 0 ? ` (${about.join(', ')})` : ''}`
    }),
  ...(findings.some(({ kind }) => kind === 'checkpoint-signature' || kind === 'checkpoint-missing')
    ? [`Not checked: anything else, since nothing here is signed by ${vkey}.`]
    : [
        `Checked: the checkpoint’s signature by ${vkey}, ${count(checked.leaves, 'leaf', 'leaves')} of the ledger in the tree that it signs, ${count(checked.acts, 'act')}.`,
        `Checked: ${count(checked.sessions, 'session')}, ${count(checked.recordings, 'recording')}, and in those the chain of ${count(checked.frames, 'frame')} up to what the ledger says of each.`,
      ]),
  ...(since === undefined
    ? []
    : [
        `Not checked: whether sessions from before ${since} were to be left out. Ask who took the bundle for one without --since.`,
      ]),
  ...(checked.unread > 0
    ? [
        `Not checked: what ${count(checked.unread, 'compressed frame')} of recordings say was not compared with the list of sessions, since browsers can’t open them. That nothing in them was changed, was checked.`,
      ]
    : []),
  isGiven
    ? 'Not checked: that the key is the gateway’s. You gave it; have it from the operator, not from this bundle.'
    : 'Not checked: whose key this is. It came with the bundle: whoever made all of it anew could have made the key too. Have it from the operator, and give it above.',
  'Not checked: that this continues what you saw before, and what witnesses have signed. hoop audit verify --bundle does that.',
]

/**
 * Checks a bundle by the same code as `hoop audit verify --bundle` does, without its file system and its zstd.
 * @param given verifier key; the bundle's own where it is left out
 * @throws where it is no bundle, or the browser knows no Ed25519
 */
export const checkBundle = async (stream: AsyncIterable<Buffer>, given?: string): Promise<Checked> => {
  forget()
  const { about, ...unpacked } = await readBundle(stream, place)
  const { since } = about
  const vkey = given ?? about.vkey
  const verify = () =>
    verifyLedger({
      ...{ ...unpacked, vkey, openFrame, taken: Date.parse(about.taken) },
      ...(since !== undefined && { since: new Date(since) }),
    })
  let verification = await verify()
  while (await settleSignatures()) verification = await verify()
  const lines = wordsOf(verification, vkey, given !== undefined, since)
  return { verification, vkey, lines, ...(since !== undefined && { since }) }
}

/** What a page has read, as the modules have it. */
export const bytes = (part: Uint8Array): Buffer => Buffer.from(part)

/** A bundle that was unpacked, as an archive again: what it has is looked at by the same rules. */
export const archiveOf = async function* (
  files: readonly { readonly path: string; readonly bytes: () => Promise<Buffer> }[],
): AsyncGenerator<Buffer, void> {
  for (const { path, bytes } of files) {
    const content = await bytes()
    yield tarHeader(path, content.length)
    yield content
    yield tarPadding(content.length)
  }
  yield tarEnd()
}
