/** One column of a RowDescription. @see PostgreSQL documentation, "Message Formats", RowDescription */
export interface Field {
  readonly name: string
  /** OID of the table the column comes from, 0 where it is no plain column. */
  readonly table: number
  /** Attribute number in that table, 0 where it is no plain column (or a whole row). */
  readonly attribute: number
  readonly type: number
  readonly size: number
  readonly modifier: number
  /** 0 text, 1 binary; of the Describe(statement) answer always 0. */
  readonly format: number
}
