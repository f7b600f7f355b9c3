import type { Sums } from '../entry.ts'
import { hour } from './form.ts'
import type { Prepared } from './prepared.ts'

/** `hours.masked`: of a column how it was seen; of what is no column neither. */
export const masked = { no: 0, yes: 1, neither: 2 } as const

interface Hour {
  /** Session, column, hour, and whether it is masked. */
  readonly of: readonly [number, number, number, number]
  rows: number
  bytes: number
  vectors: number
  statements: number
  first: number
  last: number
}

/** Adds up what was shown within an hour before it is written: a session asks for the same columns again and again. */
export class Hours {
  readonly #hours = new Map<string, Hour>()

  /** @param column of a table as a whole its number, negative; 0: everything @param at milliseconds since 1970 */
  add(session: number, column: number, is: number, at: number, more: Sums & { readonly statements: number }): void {
    const of = [session, column, Math.floor(at / hour), is] as const
    const name = of.join(' ')
    const known = this.#hours.get(name)
    if (!known) {
      this.#hours.set(name, { of, ...more, first: at, last: at })
      return
    }
    known.rows += more.rows
    known.bytes += more.bytes
    known.vectors += more.vectors
    known.statements += more.statements
    known.first = Math.min(known.first, at)
    known.last = Math.max(known.last, at)
  }

  write(prepared: Prepared): void {
    for (const { of, rows, bytes, vectors, statements, first, last } of this.#hours.values())
      prepared.run(
        `insert into hours (session, column, hour, masked, rows, bytes, vectors, statements, first, last)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict do update set rows = rows + ?5,
         bytes = bytes + ?6, vectors = vectors + ?7, statements = statements + ?8, first = min(first, ?9),
         last = max(last, ?10)`,
        ...[...of, rows, bytes, vectors, statements, first, last],
      )
    this.clear()
  }

  clear(): void {
    this.#hours.clear()
  }
}
