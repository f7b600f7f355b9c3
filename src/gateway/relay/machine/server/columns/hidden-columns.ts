import { hash } from 'node:crypto'
import type { ColumnMask } from '../../../../../masking/types.js'
import { noticeResponse } from '../../../../../wire/error-fields.js'
import { hoopNotice } from '../../../../../wire/hoop-code.js'

/** Columns that a notice names; more of them are counted. */
const MAX_NAMED = 32

/** Notices that are remembered for each session. */
const MAX_TOLD = 10_000

type Names = readonly (string | undefined)[]

/** A name is what somebody chose: it must not look like another line of a message. */
const shown = (name: string | undefined, index: number): string =>
  name === undefined ? `column ${index + 1}` : name.replace(/\p{C}/gu, '?')

/** `sum, max (public.customers.balance); length (public.customers.notes)` */
const phraseOf = (names: Names, masks: readonly (ColumnMask | undefined)[]): string | undefined => {
  const behind = new Map<string, string[]>()
  let hidden = 0
  for (const [index, mask] of masks.entries()) {
    if (!mask?.derived || ++hidden > MAX_NAMED) continue
    const columns = mask.derived.slice(0, MAX_NAMED).join(', ')
    behind.set(columns, [...(behind.get(columns) ?? []), shown(names[index], index)])
  }
  const phrases = [...behind].map(([columns, own]) => `${own.join(', ')} (${columns})`)
  const more = hidden > MAX_NAMED ? [`${hidden - MAX_NAMED} more`] : []
  return hidden === 0 ? undefined : [...phrases, ...more].join('; ')
}

/** Says which output columns are hidden because they are computed from masked ones: once for each statement of a session. */
export class HiddenColumns {
  readonly #told = new Set<string>()

  /**
   * @param text of the statement whose rows come out
   * @param names of its columns, as far as they are known
   * @returns undefined where nothing computed is hidden, or the client has been told
   */
  notice(text: string, names: Names, masks: readonly (ColumnMask | undefined)[]): Buffer | undefined {
    const phrase = phraseOf(names, masks)
    if (phrase === undefined) return undefined
    const key = hash('sha256', `${text}\0${phrase}`, 'base64')
    if (this.#told.has(key)) return undefined
    if (this.#told.size >= MAX_TOLD) this.#told.clear()
    this.#told.add(key)
    return noticeResponse(
      hoopNotice('COLUMNS_HIDDEN', `hidden, since they are computed from masked columns: ${phrase}`),
    )
  }
}
