import { createInterface } from 'node:readline/promises'
import { HoopError } from '../lib/errors.js'

export interface Asking {
  /** `--yes`: it was decided before. */
  readonly yes: boolean
  /** Ctrl-C. */
  readonly signal: AbortSignal
}

/**
 * Asks on the terminal whether to go on; only `y` or `yes` is one. The question goes to stderr, since stdout is for data.
 * @throws {HoopError} NO_TERMINAL where nobody can be asked, INTERRUPTED where the answer is no
 */
export const confirm = async (question: string, { yes, signal }: Asking): Promise<void> => {
  if (yes) return
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new HoopError('NO_TERMINAL', question, { hint: 'Pass --yes where nobody can be asked.' })
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  lines.once('SIGINT', () => {
    process.stderr.write('\n')
    lines.close()
  })
  const closed = new Promise<string>((resolve) => lines.once('close', () => resolve('')))
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `, { signal }), closed])
    if (/^y(es)?$/i.test(answer.trim())) return
    process.stderr.write('Nothing was done.\n')
    throw new HoopError('INTERRUPTED', 'nothing was done')
  } finally {
    lines.close()
  }
}
