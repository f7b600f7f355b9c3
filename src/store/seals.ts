/** What becomes a leaf of the ledger from a row. */
export type Sealed = 'act' | 'session.start' | 'session.end'

/** A column's value, as it is written or as it is read. */
export type SealedValue = string | number | bigint | null

/** Seals what this gateway writes. */
export interface Sealing {
  /** @param values of the row, where it stands among them, each in its place. @returns base64url */
  seal(what: Sealed, values: readonly SealedValue[]): string
}

/** Tells rows that this gateway has written from others. */
export interface Seals extends Sealing {
  /** Whether a gateway that has the key made the row, as it is now. */
  isRight(what: Sealed, values: readonly SealedValue[], seal: string | null): boolean
}
