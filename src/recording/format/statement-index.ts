/** Where statements start: `[statement number, offset of the frame]`, ascending. */
export type IndexEntry = readonly [statement: number, offset: number]

/** What the index frame holds. */
export interface RecordingIndex {
  readonly statements: readonly IndexEntry[]
  /** Frames before the index frame. */
  readonly frames: number
  /** Bytes before the index frame. */
  readonly bytes: number
}

const maxEntries = 512

/** Collects index entries in bounded memory: when full it forgets every other one, and takes every other from then on. */
export class StatementIndex {
  #entries: IndexEntry[] = []
  #stride = 1
  #skipped = 0

  add(statement: number, offset: number): void {
    if (this.#skipped++ % this.#stride !== 0) return
    this.#entries.push([statement, offset])
    if (this.#entries.length < maxEntries) return
    this.#entries = this.#entries.filter((_, position) => position % 2 === 0)
    this.#stride *= 2
    this.#skipped = 0
  }

  get entries(): readonly IndexEntry[] {
    return this.#entries
  }
}

/** The last entry at or before a statement. */
export const entryFor = (index: RecordingIndex, statement: number): IndexEntry | undefined =>
  index.statements.findLast(([number]) => number <= statement)
