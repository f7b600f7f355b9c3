import { copyMasker } from '../../masking/copy.js'
import { rowMasker } from '../../masking/row.js'
import type { ColumnMask, CopyShape } from '../../masking/types.js'
import type { Guard } from '../../policy/decision.js'
import type { Field } from '../../wire/backend.js'
import type { Meter } from '../budgets/meter.js'
import { vectorsInRows, type VectorTypes } from '../budgets/vectors.js'
import { MaskedCopy, MaskedRows } from './masked-rows.js'
import { PlainCopy, PlainRows } from './plain-rows.js'
import type { RowSink } from './row-sink.js'
import { Tally } from './tally.js'
import { CopyToll, type CopyStream, Toll } from './toll.js'

type Masks = readonly (ColumnMask | undefined)[]

/** What a session's results are counted with. */
export interface Metering {
  readonly meter: Meter
  readonly vectorTypes: VectorTypes
}

const tollOf = (
  metering: Metering | undefined,
  fields: readonly Field[] | undefined,
  hidden: (column: number) => boolean,
): Toll | undefined =>
  metering &&
  new Toll(
    metering.meter,
    metering.meter.countsVectors && fields ? vectorsInRows(fields, metering.vectorTypes, hidden) : undefined,
  )

/** Rows of a described result. */
export const rowSink = (
  guard: Guard | undefined,
  metering: Metering | undefined,
  fields: readonly Field[] | undefined,
  formats: readonly number[],
  masks: Masks | undefined,
): RowSink => {
  const tally = new Tally(fields, formats, masks)
  const toll = tollOf(metering, fields, (column) => !guard?.clear && masks?.[column] !== undefined)
  return guard && fields && masks
    ? new MaskedRows(tally, rowMasker(fields, formats, masks, guard.maskKey), guard.clear, toll)
    : new PlainRows(tally, toll)
}

/** The stream of a COPY … TO STDOUT. */
export const copySink = (
  guard: Guard | undefined,
  metering: Metering | undefined,
  stream: CopyStream,
  copy: { masks: Masks; shape: CopyShape } | undefined,
): RowSink => {
  const toll = new CopyToll(metering?.meter, stream)
  return guard && copy
    ? new MaskedCopy(
        new Tally(undefined, [], copy.masks),
        copyMasker(copy.shape, copy.masks, guard.maskKey),
        guard.clear,
        toll,
      )
    : new PlainCopy(new Tally(), toll)
}
