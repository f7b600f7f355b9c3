/**
 * A change of a table that a foreign key answers by something masked: whether a value is there, or which rows have one. The
 * answer is an error or none, or rows that go or change.
 */
export interface KeyQuestion {
  readonly event: 'insert' | 'update' | 'delete'
  /** The columns of the table that it is about; of what is deleted, all are. */
  readonly columns: readonly string[]
  /** What is asked for: the values that are written, those that WHERE picks by these columns, or what nobody can say. */
  readonly by: 'written' | readonly string[] | 'unknown'
  /** Masked columns that the answer tells of. */
  readonly masked: readonly string[]
}

/** By the OID of the table that is changed. */
export type KeyQuestions = ReadonlyMap<number, readonly KeyQuestion[]>
