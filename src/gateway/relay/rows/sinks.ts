import { copyMasker } from '../../../masking/copy.js'
import { Detected } from '../../../masking/detectors/detected.js'
import { rowMasker } from '../../../masking/row.js'
import type { ColumnMask, CopyShape } from '../../../masking/types.js'
import type { Guard } from '../../../policy/decision.js'
import type { Field } from '../../../wire/backend.js'
import type { Meter } from '../../budgets/meter.js'
import { vectorsInRows, type VectorTypes } from '../../budgets/vectors.js'
import { MaskedCopy, MaskedRows } from './masked-rows.js'
import type { Keeping } from './keeping.js'
import { PlainCopy, PlainRows } from './plain-rows.js'
import type { RowSink } from './row-sink.js'
import { ResultDigest } from './result-digest.js'
import { copiedColumns } from './result-columns.js'
import { CopyCounting, type CopyStream, RowCounting } from './counting.js'

type SinkGuard = Pick<Guard, 'scans' | 'maskKey' | 'clear' | 'origin'>

type Masks = readonly (ColumnMask | undefined)[]

/** What a session's results are counted with. */
export interface Metering {
  readonly meter: Meter
  readonly vectorTypes: VectorTypes
}

const countingOf = (
  metering: Metering | undefined,
  fields: readonly Field[] | undefined,
  hidden: (column: number) => boolean,
): RowCounting | undefined =>
  metering &&
  new RowCounting(
    metering.meter,
    metering.meter.countsVectors && fields ? vectorsInRows(fields, metering.vectorTypes, hidden) : undefined,
  )

/** Rows of a described result. */
export const rowSink = (
  guard: SinkGuard | undefined,
  metering: Metering | undefined,
  fields: readonly Field[] | undefined,
  formats: readonly number[],
  masks: Masks | undefined,
  keeping?: Keeping,
): RowSink => {
  const treatment = fields && (guard?.scans?.ofFields(fields, masks) ?? masks)
  const described = { fields, formats, masks, ...(keeping && { keeping }) }
  const counting = countingOf(metering, fields, (column) => !guard?.clear && masks?.[column] !== undefined)
  if (!guard || !fields || !treatment?.some((treated) => treated))
    return new PlainRows(new ResultDigest({ ...described, naming: guard }), counting)
  const detected = new Detected()
  const masker = rowMasker(fields, formats, treatment, guard.maskKey, detected)
  const digest = new ResultDigest({ ...described, detected, naming: guard })
  return new MaskedRows(digest, masker, guard.clear, counting)
}

/**
 * The stream of a COPY … TO STDOUT.
 * @param shape how it is written, where that is known
 * @param copy its columns, where one of them is masked
 */
export const copySink = (
  guard: SinkGuard | undefined,
  metering: Metering | undefined,
  stream: CopyStream,
  shape: CopyShape | undefined,
  copy: { readonly masks: Masks; readonly names: readonly (string | undefined)[] } | undefined,
  keeping?: Keeping,
): RowSink => {
  const masks = copy?.masks
  const kept = { ...(keeping && { keeping }), form: shape }
  const counting = new CopyCounting(metering?.meter, stream)
  const treatment = shape && (guard?.scans?.ofCopy(shape.columns, masks) ?? masks)
  if (!guard || !shape || !treatment) return new PlainCopy(new ResultDigest(kept), counting)
  const detected = new Detected()
  const masker = copyMasker(shape, treatment, guard.maskKey, detected)
  const copied = copy && copiedColumns(copy.names, copy.masks, guard)
  return new MaskedCopy(new ResultDigest({ masks, detected, copied, ...kept }), masker, guard.clear, counting)
}
