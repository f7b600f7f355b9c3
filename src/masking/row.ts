import { HoopError } from '../lib/errors.js'
import type { Field } from '../wire/backend.js'
import { Backend } from '../wire/tags.js'
import { Detected } from './detectors/detected.js'
import { replace, replacement, type Replacement } from './framed.js'
import { Sink } from './sink.js'
import { valuesOf, type Treatment } from './treatment.js'
import type { RowMasker } from './types.js'

/** Bind's rule: no codes mean text, one is for all columns, otherwise one each. */
const formatOf = (formats: readonly number[], column: number): 0 | 1 =>
  ((formats.length === 1 ? formats[0] : formats[column]) ?? 0) === 0 ? 0 : 1

const malformed = (why: string): HoopError => new HoopError('FRAME_INVALID', `DataRow: ${why}`)

class Masker implements RowMasker {
  masked = 0
  readonly #replacements: readonly (Replacement | undefined)[]
  readonly #own = new Sink()

  constructor(replacements: readonly (Replacement | undefined)[]) {
    this.#replacements = replacements
  }

  row(body: Buffer, start: number, end: number): Buffer {
    this.into(this.#own, body, start, end)
    return this.#own.take()
  }

  into(sink: Sink, body: Buffer, start: number, end: number): void {
    const mark = sink.open(Backend.DataRow)
    try {
      this.#write(sink, body, start, end)
    } catch (error) {
      sink.truncate(mark)
      throw error
    }
    sink.close(mark)
  }

  #write(sink: Sink, body: Buffer, start: number, end: number): void {
    const columns = this.#replacements.length
    if (end > body.length || start + 2 > end) throw malformed('too short')
    if (body.readInt16BE(start) !== columns) throw malformed('another number of columns than described')
    let at = start + 2
    let copied = start
    for (let column = 0; column < columns; column++) {
      if (at + 4 > end) throw malformed('ends too early')
      const length = body.readInt32BE(at)
      const value = at + 4
      at = length === -1 ? value : value + length
      if (length < -1 || at > end) throw malformed('a value does not fit')
      const replaced = this.#replacements[column]
      if (!replaced || !replace(replaced, sink, body, copied, value, length)) continue
      copied = at
      this.masked++
    }
    if (at !== end) throw malformed('goes on behind its last value')
    sink.copy(body, copied, end)
  }
}

/**
 * Masks the rows of one result. Spans that aren't masked are copied as they are; NULL stays NULL unless its mask says otherwise.
 * @param formats result format codes as Bind gave them
 * @param treatment has one entry for each field
 * @param detected is told what is found in columns that are looked through
 */
export const rowMasker = (
  fields: readonly Field[],
  formats: readonly number[],
  treatment: Treatment,
  key: Buffer,
  detected = new Detected(),
): RowMasker => {
  if (treatment.length !== fields.length || (formats.length > 1 && formats.length !== fields.length))
    throw malformed('another number of columns than described')
  const values = valuesOf(treatment, (column) => formatOf(formats, column), key, detected)
  return new Masker(values.map((value) => value && replacement(value)))
}
