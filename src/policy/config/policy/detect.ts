import { z } from 'zod'
import { detectorNames, type DetectorName } from '../../../masking/detectors/detector.js'
import { LONGEST_PATTERN, whyNotPattern } from '../../../masking/detectors/pattern.js'
import { detectForms, isDetectSpec, type DetectSpec, type MaskSpec } from '../../../masking/registry.js'
import { columnName } from './names.js'

const pattern = z
  .string()
  .max(LONGEST_PATTERN)
  .superRefine((text, context) => {
    const expected = whyNotPattern(text)
    if (expected !== undefined) context.addIssue({ code: 'custom', message: expected })
  })

const ownName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,31}$/, 'a name of letters, digits and underscore')
  .refine((name) => !(detectorNames as readonly string[]).includes(name), 'a name that no detector of hoop has')

const own = z.strictObject({ pattern, name: ownName })

/** Keys of an entry of `masks:` that looks through what has no mask of its own. */
export const detectKeys = {
  detect: z
    .array(
      z.union([z.enum(detectorNames), own], {
        error: (issue) =>
          typeof issue.input === 'string' ? `one of ${detectorNames.join(', ')}, or { pattern, name }` : undefined,
      }),
    )
    .min(1)
    .max(50)
    .optional(),
  /** Columns that aren't looked through. */
  except: z.array(columnName).min(1).optional(),
}

export type DetectorConfig = DetectorName | { readonly name: string; readonly pattern: string }

/** What an entry with `detect` says. */
export interface DetectConfig {
  readonly detectors: readonly DetectorConfig[]
  readonly with: DetectSpec
  /** Of plain columns of tables, only these; all where it isn't said. */
  readonly only?: readonly string[]
  readonly except?: readonly string[]
}

interface Entry {
  readonly columns?: string[] | undefined
  readonly detect?: DetectorConfig[] | undefined
  readonly except?: string[] | undefined
  readonly with?: MaskSpec | undefined
  readonly nulls?: 'keep' | 'hide' | undefined
  readonly distances?: 'hide' | 'compare' | 'show' | undefined
}

/** What can't be said of a key alone. */
export const checkDetect = (entry: Entry, context: z.core.$RefinementCtx<Entry>): void => {
  const wrong = (key: string, message: string, input: unknown) => {
    context.issues.push({ code: 'custom', path: [key], message, input })
  }
  if (!entry.detect && !entry.columns) wrong('columns', 'a list', undefined)
  if (!entry.detect && entry.except) wrong('except', 'to be left out where nothing is detected', entry.except)
  if (entry.detect && entry.nulls !== undefined)
    wrong('nulls', 'to be left out where something is detected', entry.nulls)
  if (entry.detect && entry.distances !== undefined)
    wrong('distances', 'to be left out where something is detected', entry.distances)
  if (entry.detect && entry.with !== undefined && !isDetectSpec(entry.with))
    wrong('with', `one of ${detectForms} for what is detected`, entry.with)
}

/** An entry that detects has no columns of its own: those it names only narrow it. */
export const withDetect = <T extends Entry>({
  columns = [],
  detect,
  except,
  ...rest
}: T): Omit<T, 'columns' | 'detect' | 'except'> & { readonly columns: string[]; readonly detect?: DetectConfig } => {
  if (!detect) return { ...rest, columns }
  const spec: MaskSpec | undefined = rest.with
  const narrowed = { ...(columns.length > 0 && { only: columns }), ...(except && { except }) }
  const detected: DetectConfig = {
    detectors: detect,
    with: spec !== undefined && isDetectSpec(spec) ? spec : 'redact',
    ...narrowed,
  }
  return { ...rest, columns: [], detect: detected }
}
