import type { HeldStatement } from './wait.js'

/** What is to be waited for. */
export type Exact = Pick<HeldStatement, 'text'> & Partial<HeldStatement> & Naming

export interface Naming {
  /** Texts that it runs by a name, where its facts don't tell which. */
  readonly named?: readonly string[] | undefined
}

/** An approval is for what is run, not for the name that it goes by. */
export const inFull = (text: string, named: readonly string[]): string =>
  [text, ...new Set(named)].join('\n-- by that name:\n')
