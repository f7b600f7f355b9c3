import { catalogue, type ErrorCode } from './catalogue.js'

export { catalogue, notices, type ErrorCode, type NoticeCode } from './catalogue.js'

export interface ErrorOptionsOf {
  cause?: unknown
  /** Overrides the catalogue's hint where something more exact is known. */
  hint?: string
  /** A second line: the rule's name, the file, the setting. */
  detail?: string
  /** Character position in the SQL text, from 1, where PostgreSQL would report one. */
  position?: number
}

/** An error with a code of the catalogue. `message` reads `<what happened>: <detail>`, without the code. */
export class HoopError extends Error {
  override readonly name = 'HoopError'
  readonly code: ErrorCode
  /** What the message adds to the catalogue's words. */
  readonly about: string
  readonly hint: string
  readonly detail: string | undefined
  readonly position: number | undefined

  constructor(code: ErrorCode, about = '', options: ErrorOptionsOf = {}) {
    super(
      about ? `${catalogue[code].message}: ${about}` : catalogue[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    )
    this.code = code
    this.about = about
    this.hint = options.hint ?? catalogue[code].hint
    this.detail = options.detail
    this.position = options.position
  }

  /** Exit status of the CLI. */
  get exit(): number {
    return catalogue[this.code].exit
  }

  /** Five characters, PostgreSQL appendix A. */
  get sqlstate(): string {
    return catalogue[this.code].sqlstate
  }

  get http(): number {
    return catalogue[this.code].http
  }
}

/** Wraps whatever was thrown; a HoopError stays itself. */
export const asHoopError = (error: unknown, code: ErrorCode = 'INTERNAL'): HoopError =>
  error instanceof HoopError
    ? error
    : new HoopError(code, error instanceof Error ? error.message : String(error), { cause: error })
