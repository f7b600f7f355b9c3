/**
 * A statement is more work than its length accounts for: whoever wrote it could hold up everybody's sessions. Not a Refusal,
 * so that nothing that goes on after one goes on after this.
 */
export class TooComplex extends Error {
  constructor() {
    super('the statement is too complex to be analysed')
  }
}

/** Steps that any statement may take: about a second. */
const BASE = 3_000_000

/** Steps for each character of the parser's answer, its literals aside: one node in twenty of them, or thirty. */
const EACH = 4

/** It is more work than whoever waits for it on the event loop gives: it can be done elsewhere. */
export class Hurried extends Error {
  constructor() {
    super('the statement takes longer to analyse than others can wait')
  }
}

/** Steps on the event loop: some tens of milliseconds. */
const HURRY = 100_000

/** Steps taken since the process began, and how far they may go for what is analysed now. Nothing waits meanwhile. */
let taken = 0
let bound = Infinity

/** How far they may go before somebody else has to take them. */
let hurry = Infinity

/** Steps are taken: a node is looked at, or an item of a list in a list. @throws {TooComplex} */
export const spend = (steps = 1): void => {
  taken += steps
  if (taken > hurry) throw new Hurried()
  if (taken > bound) throw new TooComplex()
}

/** How many steps everything has taken so far. */
export const stepsTaken = (): number => taken

/** More was parsed for a statement than stands in its own tree: the body of a function or block. */
export const allow = (characters: number): void => {
  bound += characters * EACH
}

/** Analyses one thing by a bound of its own. @param characters of the parser's answer */
export const bounded = <T>(characters: number, analyse: () => T): T => {
  const outside = bound - taken
  bound = taken + BASE + characters * EACH
  try {
    return analyse()
  } finally {
    bound = taken + outside
  }
}

/** Analyses on the event loop. @throws {Hurried} */
export const hurriedly = <T>(analyse: () => T): T => {
  hurry = taken + HURRY
  try {
    return analyse()
  } finally {
    hurry = Infinity
  }
}
