import type { Unproven } from '../facts.js'

/** Ends a proof that can't be completed. Thrown inside the lineage only; `prove` turns it into facts. */
export class Refusal extends Error {
  readonly unproven: Unproven

  constructor(code: Unproven['code'], subject: string, why: string) {
    super(why)
    this.unproven = { code, subject, why }
  }
}

/** A masked column is used in a place where its values, or something computed from them, could be seen. */
export const masked = (subject: string, use: string): Refusal =>
  new Refusal('COLUMN_MASKED', subject, `${subject} is masked, and here it is used ${use}`)

export const unproven = (subject: string, why: string): Refusal => new Refusal('STATEMENT_UNPROVEN', subject, why)
