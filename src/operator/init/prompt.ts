import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { type Readable, Writable } from 'node:stream'
import { HoopError } from '../../lib/errors.js'

/** A terminal to ask on. Questions go to `output`, which is stderr, so that stdout stays for data. */
export interface Terminal {
  readonly input: Readable
  readonly output: Writable
}

interface Question<T> {
  readonly text: string
  readonly fallback?: string
  /** Typed characters are not shown. */
  readonly secret?: boolean
  /** Throws a HoopError USAGE where the answer won't do; the question is then asked again. */
  readonly parse: (answer: string) => T
}

/** Asks one question after the other; disposing gives the terminal back. */
export interface Prompt extends Disposable {
  ask<T>(question: Question<T>): Promise<T>
}

/**
 * Plain questions on a terminal.
 * @throws {HoopError} INTERRUPTED from `ask` on Ctrl-C, and where the input ends
 */
export const openPrompt = ({ input, output }: Terminal): Prompt => {
  let muted = false
  const echo = new Writable({
    write: (chunk: Buffer, _encoding, done) => (muted ? done() : void output.write(chunk, done)),
  })
  // readline asks how wide the terminal is, to find the cursor behind a question of more than one line.
  Object.defineProperty(echo, 'columns', { get: () => (output as { columns?: number }).columns })
  const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 })
  const gone = new AbortController()
  lines.once('SIGINT', () => gone.abort())
  lines.once('close', () => gone.abort())

  const line = async ({ text, fallback, secret }: Question<unknown>): Promise<string> => {
    const shown = `${text}${fallback ? ` [${fallback}]` : ''}: `
    try {
      if (secret) output.write(shown)
      muted = secret ?? false
      const answer = lines.question(secret ? '' : shown, { signal: gone.signal })
      const typed = await answer
      return (secret ? typed : typed.trim()) || (fallback ?? '')
    } catch (cause) {
      throw new HoopError('INTERRUPTED', '', { cause })
    } finally {
      if (muted || gone.signal.aborted) output.write('\n')
      muted = false
    }
  }

  return {
    ask: async (question) => {
      for (;;) {
        const answer = await line(question)
        try {
          return question.parse(answer)
        } catch (error) {
          if (!(error instanceof HoopError)) throw error
          // Without the catalogue's words, which are about a command line.
          if (!output.write(`  ${error.about || error.message}\n`)) await once(output, 'drain')
        }
      }
    },
    [Symbol.dispose]: () => lines.close(),
  }
}
