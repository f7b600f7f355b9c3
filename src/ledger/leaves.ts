import { createHash, randomBytes } from 'node:crypto'
import type { Actor, SessionEnd } from '../lib/api.js'
import type { AdministratorAct } from '../lib/api/acts.js'
import { HoopError } from '../lib/errors.js'

/** How far a recording had come: value of its chain, whole frames, bytes to the end of the last. */
export interface RecordingHead {
  /** Hexadecimal. */
  readonly head: string
  readonly frames: number
  readonly size: number
}

interface Gone {
  readonly from: number
  readonly to: number
}

interface OfSession {
  readonly session: string
  /** What a gateway that stopped had not come to; it was added at the next start. */
  readonly late?: true
  /** Taken over once from a store whose rows were not sealed yet: nobody vouches that a gateway had written it. */
  readonly unsealed?: true
}

interface OfRemoval {
  readonly session: string
  readonly startedAt: string
  readonly endedAt: string
  /** Of the file. */
  readonly bytes: number
  /** The recording's last value of its chain, hexadecimal. */
  readonly head?: string
}

/** What a leaf says. Times are ISO 8601, UTC. */
export interface LeafContents {
  /** The log begins. Sessions from before it are not in it. */
  begin: { readonly version: string; readonly vkey: string }
  'session.start': OfSession &
    Partial<RecordingHead> & {
      readonly subject: string
      readonly name: string
      /** Whose service token it is; null of nobody's. Those of earlier versions don't say. */
      readonly owner?: Actor | null
      readonly connection: string
      readonly grant: string
      readonly policy: string
      readonly startedAt: string
    }
  /** A session that goes on. */
  'session.head': OfSession & RecordingHead & { readonly statements: number; readonly refused: number }
  /** Without a head where the recording couldn't be read any more. */
  'session.end': OfSession &
    Partial<RecordingHead> & {
      readonly end: SessionEnd
      readonly reason?: string
      readonly by?: Actor
      readonly endedAt: string
      readonly problem?: string
    }
  /** An administrator's act, an approval's decision, a configuration put in force. */
  act: AdministratorAct & {
    readonly number: number
    readonly at: string
    readonly late?: true
    readonly unsealed?: true
  }
  /** Somebody looked at what is kept for auditors. */
  read: { readonly by: Actor; readonly what: string; readonly target?: string }
  /** Nothing else need happen: silence shows. */
  heartbeat: { readonly sessions: number; readonly late?: true }
  /** The gateway started, or stopped as it was told to: what lies between is no silence. */
  gateway: {
    readonly what: 'started' | 'stopped'
    readonly version: string
    /** From here on no row of the store is entered that has no seal of the gateway's. */
    readonly sealed?: true
  }
  /**
   * The store was put back to an earlier state: it lacks what the ledger has. New acts are numbered behind those that are
   * gone, so that no number means two.
   */
  restored: {
    readonly version: string
    /** The store knew the leaves before `from`; the ledger had those before `to`. */
    readonly leaves: Gone
    /** Numbers of acts that are gone: from the first, before `to`. */
    readonly acts?: Gone
    /** So many sessions that had ended are gone. */
    readonly sessions: number
    readonly late: true
  }
  /** A recording is about to go since it is old, or since all take too much room. Before its file goes. */
  retired: OfRemoval & {
    readonly why: 'age' | 'size'
    /** The configuration's: milliseconds, or bytes. */
    readonly limit: number
  }
  /** A recording, and what leaves say of its session, is about to go since somebody wants it so. */
  erased: OfRemoval & {
    readonly by: Actor
    readonly reason: string
    /** Number of the act that it belongs to. */
    readonly act: number
    /** Places of the leaves whose contents and salts go. */
    readonly leaves: readonly number[]
    /** Of the head: so that a file that comes back can be told from another. */
    readonly frames?: number
    readonly size?: number
  }
  /** Another key signs from here on. */
  key: { readonly vkey: string; readonly former: string; readonly by?: string; readonly reason?: string }
  /** What operators are told of: an alert, or that a connection can't be used, or can again. No statement and no value. */
  notice: {
    readonly what: 'alert' | 'quarantine'
    readonly text: string
    readonly fields: Readonly<Record<string, string | number>>
  }
}

/** One byte in the entry; the order is part of the format. */
const kinds = [
  'begin',
  'session.start',
  'session.head',
  'session.end',
  'act',
  'read',
  'heartbeat',
  'key',
  'gateway',
  'restored',
  'retired',
  'erased',
  'notice',
] as const satisfies readonly (keyof LeafContents)[]

export type LeafKind = keyof LeafContents
export type LeafOf<Kind extends LeafKind> = { readonly kind: Kind; readonly time: string } & LeafContents[Kind]
/** A leaf's content, told apart by `kind`. */
export type Leaf = { [Kind in LeafKind]: LeafOf<Kind> }[LeafKind]

/** As it stands in the files: the entry that the tree is made of, and what opens it. */
export interface LeafRecord {
  readonly entry: Buffer
  readonly salt: Buffer
  /** JSON, byte for byte as it was hashed. */
  readonly content: string
}

/** version 1, kind 1, milliseconds since 1970 6 (big-endian), commitment 32. */
const entryLength = 40
const saltLength = 32
const version = 1
/** Bytes. What is longer could not be read back. */
const longestContent = 8 * 1024 * 1024

const commitment = (salt: Buffer, content: string): Buffer =>
  createHash('sha256').update('hoop-leaf/1\n').update(salt).update(content).digest()

/** Kind and time of an entry, which stay when its content is erased. */
export interface EntryFacts {
  readonly kind: LeafKind
  readonly at: number
}

/** Whether these bytes can be an entry. */
export const isEntry = (entry: Buffer): boolean =>
  entry.length === entryLength && entry[0] === version && entry[1]! - 1 in kinds

/** @throws {HoopError} LEDGER_DAMAGED */
export const factsOf = (entry: Buffer): EntryFacts => {
  const kind = entry.length === entryLength && entry[0] === version ? kinds[entry[1]! - 1] : undefined
  if (!kind) throw new HoopError('LEDGER_DAMAGED', 'an entry is of an unknown form')
  return { kind, at: entry.readUIntBE(2, 6) }
}

const parsed = (content: string): Leaf => {
  try {
    return JSON.parse(content) as Leaf
  } catch (cause) {
    throw new HoopError('LEDGER_DAMAGED', 'the content of a leaf can’t be read', { cause })
  }
}

/**
 * A leaf as it goes into the log. The salt keeps what was erased from being guessed by its hash.
 * @throws {HoopError} LEDGER_FAILED for more than 8 MiB
 */
export const sealLeaf = (leaf: Leaf): LeafRecord => {
  const content = JSON.stringify(leaf)
  if (Buffer.byteLength(content) > longestContent) throw new HoopError('LEDGER_FAILED', 'a leaf is longer than 8 MiB')
  const salt = randomBytes(saltLength)
  const entry = Buffer.alloc(entryLength)
  entry[0] = version
  entry[1] = kinds.indexOf(leaf.kind) + 1
  entry.writeUIntBE(Date.parse(leaf.time), 2, 6)
  commitment(salt, content).copy(entry, 8)
  return { entry, salt, content }
}

const erasable: ReadonlySet<LeafKind> = new Set(['session.start', 'session.head', 'session.end'])

/** Whether the content of leaves of this kind may be erased: what tells of a session, and nothing that was done. */
export const isErasable = (kind: LeafKind): boolean => erasable.has(kind)

/** Whether content and salt were erased. */
export const isEmptied = ({ salt, content }: LeafRecord): boolean => salt.length === 0 && content === ''

/**
 * What a leaf says, where it is what its entry was made from.
 * @throws {HoopError} LEDGER_DAMAGED
 */
export const openLeaf = ({ entry, salt, content }: LeafRecord): Leaf => {
  const { kind, at } = factsOf(entry)
  if (salt.length !== saltLength || !commitment(salt, content).equals(entry.subarray(8)))
    throw new HoopError('LEDGER_DAMAGED', 'the content of a leaf is not what was entered')
  const leaf = parsed(content)
  if (leaf.kind !== kind || Date.parse(leaf.time) !== at)
    throw new HoopError('LEDGER_DAMAGED', 'kind or time of a leaf is not what was entered')
  return leaf
}
