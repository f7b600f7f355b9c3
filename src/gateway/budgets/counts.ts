/** What budgets count. */
export interface Counts {
  rows: number
  /** Of DataRow and CopyData messages as the client gets them, headers included. */
  bytes: number
  vectors: number
}

export type Unit = keyof Counts

export const units = ['rows', 'bytes', 'vectors'] as const satisfies readonly Unit[]

export const nothing = (): Counts => ({ rows: 0, bytes: 0, vectors: 0 })

const words: Record<Unit, string> = { rows: 'rows', bytes: 'bytes', vectors: 'vector values' }

/** `10,000 rows` */
export const amount = (count: number, unit: Unit): string => `${count.toLocaleString('en-US')} ${words[unit]}`
