/** Something that whoever runs the bench can put right; the status is of sysexits(3). */
export class Failure extends Error {
  readonly status: number

  constructor(message: string, status: 64 | 69) {
    super(message)
    this.status = status
  }
}

/** Says what went wrong. @returns the exit status */
export const report = (error: unknown): number => {
  const known = error instanceof Failure
  process.stderr.write(`bench: ${error instanceof Error ? (known ? error.message : error.stack) : String(error)}\n`)
  return known ? error.status : 1
}
