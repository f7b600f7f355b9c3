import { HoopError } from '../../../../../lib/errors.js'
import type { ColumnMask } from '../../../../../masking/types.js'
import type { AllowedStatement } from '../../../../../policy/decision.js'
import type { Field } from '../../../../../wire/backend.js'
import type { Found } from '../../names/names.js'
import type { State } from '../../state.js'
import { behind } from '../binding.js'
import { HiddenColumns } from './hidden-columns.js'

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

  /**
   * The masks of a result, and word of columns that are hidden since they were computed.
   * @param text of the statement
   * @param found what was found on this execution of statements that it runs by a name
   */
  of(
    fields: readonly Field[],
    statement: AllowedStatement | undefined,
    text: string,
    found: Found = [],
  ): readonly (ColumnMask | undefined)[] | undefined | HoopError {
    const { guard } = this.#state
    if (!guard?.masking) return undefined
    const meant = behind(this.#state.names, statement, text, found).at(-1)!
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
}
