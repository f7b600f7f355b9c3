import { HoopError } from '../../../../lib/errors.js'
import type { ColumnMask } from '../../../../masking/types.js'
import type { AllowedStatement } from '../../../../policy/decision.js'
import type { Field } from '../../../../wire/backend.js'
import { nameKey } from '../../../../wire/frontend.js'
import type { State } from '../state.js'
import { HiddenColumns } from './hidden-columns.js'

/** EXECUTE of EXECUTE of …: nobody writes more, and what is behind more of them is not known. */
const MAX_DEPTH = 8

interface Meant {
  readonly facts: AllowedStatement | undefined
  readonly text: string
}

/** Which masks a described result gets. */
export class ColumnMasks {
  readonly #state: State
  readonly #hidden = new HiddenColumns()
  readonly #notice: (notice: Buffer) => void

  /** @param notice tells the client something about the result at hand */
  constructor(state: State, notice: (notice: Buffer) => void) {
    this.#state = state
    this.#notice = notice
  }

  /** The masks of a result, and word of columns that are hidden since they were computed. @param text of the statement */
  of(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
    text: string,
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError {
    const { guard } = this.#state
    if (!guard?.masking) return undefined
    const meant = this.#meant(statement, text)
    const masks = guard.masks(fields, meant.facts)
    if (masks && !(masks instanceof HoopError)) {
      const names = fields.map(({ name }) => name)
      this.tellHidden(meant.text, names, masks)
    }
    return masks
  }

  /** Tells the client of columns that are hidden since they were computed, where it hasn't been told. */
  tellHidden(...[text, names, masks]: Parameters<HiddenColumns['notice']>): void {
    if (this.#state.guard?.clear) return
    const notice = this.#hidden.notice(text, names, masks)
    if (notice) this.#notice(notice)
  }

  /** The statement whose columns come out, with its text: of EXECUTE and FETCH, the one of that name, where it is known. */
  #meant(statement: AllowedStatement | undefined, text: string, depth = 0): Meant {
    const runs = statement?.runs
    if (!runs) return { facts: statement, text }
    // A name may lead to another EXECUTE or FETCH, and in the end to itself.
    if (depth > MAX_DEPTH) return { facts: undefined, text }
    const { names } = this.#state
    const key = nameKey(runs.name)
    const next = runs.of === 'statement' ? names.statements.confirmed(key) : names.portals.confirmed(key)
    return this.#meant(next?.facts, next?.text ?? text, depth + 1)
  }
}
