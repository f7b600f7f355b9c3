import type { RecordingsConfig } from '../../../policy/config/policy/recordings.js'
import { captureLimits } from './capture.js'
import { VectorPrints } from './vector-prints.js'

interface Caps {
  readonly rows: number
  readonly value: number
  readonly bytes: number
  readonly session: number
}

const { rows: ROWS, value: VALUE, bytes: BYTES } = captureLimits
const FULL_BYTES = 1024 * 1024
const FULL_SESSION = 64 * 1024 * 1024

const capsOf: Readonly<Record<RecordingsConfig['rows'], (config: RecordingsConfig) => Caps>> = {
  none: () => ({ rows: 0, value: 0, bytes: 0, session: 0 }),
  sample: ({ row_cap = ROWS, value_cap = VALUE, bytes = BYTES }) => ({
    ...{ rows: row_cap, value: value_cap, bytes, session: Infinity },
  }),
  full: ({ bytes = FULL_BYTES, value_cap = bytes, session_bytes = FULL_SESSION }) => ({
    ...{ rows: Infinity, value: value_cap, bytes, session: session_bytes },
  }),
}

/** How much of its results one session's recording keeps, and what is left of that. */
export class Keeping {
  readonly kind: RecordingsConfig['rows']
  /** Rows of one result. */
  readonly rows: number
  /** Bytes of one value. */
  readonly value: number
  /** Bytes of one result. */
  readonly bytes: number
  /** What stands for vectors; undefined where every row is to be kept as it is. */
  readonly vectors: VectorPrints | undefined
  #left: number

  constructor(config: RecordingsConfig = { rows: 'sample' }) {
    const { rows, value, bytes, session } = capsOf[config.rows](config)
    this.kind = config.rows
    this.rows = rows
    this.value = value
    this.bytes = bytes
    this.#left = session
    this.vectors = config.rows === 'full' ? undefined : new VectorPrints()
  }

  /** Bytes that there is room for in one result that has so many already. */
  room(kept: number): number {
    return Math.min(this.bytes - kept, this.#left)
  }

  /** So many bytes have been kept. */
  spend(bytes: number): void {
    this.#left -= bytes
  }

  /** Which cap stands in the way of so many bytes more in one result that has some already. */
  reached(kept: number, bytes: number): 'policy' | 'result' | 'session' {
    if (this.kind === 'none') return 'policy'
    return kept + bytes > this.bytes ? 'result' : 'session'
  }
}
