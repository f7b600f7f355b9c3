import { builtinDetector, patternDetector, type Detector } from '../../masking/detectors/detector.js'
import { possibleIn, type Detection, type Finding } from '../../masking/detectors/finding.js'
import { scanKindOf, type AddedKinds } from '../../masking/detectors/kinds.js'
import type { ColumnScan } from '../../masking/detectors/scan.js'
import { signalsOf } from '../../masking/detectors/signals.js'
import { scanText } from '../../masking/detectors/text.js'
import type { Treatment } from '../../masking/treatment.js'
import type { ColumnMask } from '../../masking/types.js'
import type { Catalog, Relation } from '../../sql/catalog.js'
import type { Field } from '../../wire/backend.js'
import { addedKinds } from './added-kinds.js'
import type { DetectConfig, DetectorConfig } from '../config/policy/detect.js'
import type { PolicyConfig } from '../config/schema.js'

interface Entry {
  readonly detections: readonly Detection[]
  readonly only: ReadonlySet<string> | undefined
  readonly except: ReadonlySet<string>
}

const detectorOf = (config: DetectorConfig): Detector =>
  typeof config === 'string' ? builtinDetector(config) : patternDetector(config.name, config.pattern)

const entryOf = ({ detectors, with: spec, only, except = [] }: DetectConfig, entry: number): Entry => ({
  detections: detectors.map((detector) => ({ detector: detectorOf(detector), with: spec, entry })),
  only: only && new Set(only),
  except: new Set(except),
})

/** The same detector in two entries does what the first says. */
const distinct = (detections: readonly Detection[]): readonly Detection[] => {
  const byName = new Map<string, Detection>()
  for (const each of detections) if (!byName.has(each.detector.name)) byName.set(each.detector.name, each)
  return [...byName.values()]
}

/** The column's name in its own table and in those that it is a partition of; none where it is no table's column. */
const namesOf = (relation: Relation | undefined, attribute: number): readonly string[] => {
  const column = relation?.columns.find((each) => each.attribute === attribute)
  if (!relation || !column || relation.kind === 'v') return []
  return [relation, ...relation.ancestors].map(({ schema, name }) => `${schema}.${name}.${column.name}`)
}

/** The detectors of one policy on the columns of one catalog snapshot. */
export class Scans {
  readonly #entries: readonly Entry[]
  readonly #relations: Catalog['relations']
  readonly #added: AddedKinds
  /** Where nothing is known of the columns, as in COPY. */
  readonly #unknown: ColumnScan
  readonly #narrowed: boolean
  /** Of a text that is recorded never all goes. */
  readonly #recorded: readonly Detection[]

  /** @param catalog without it, every added type may hold text */
  constructor(policy: PolicyConfig, catalog?: Pick<Catalog, 'relations' | 'addedTypes'>) {
    this.#entries = policy.masks.flatMap(({ detect }, entry) => (detect ? [entryOf(detect, entry)] : []))
    this.#relations = catalog?.relations ?? new Map()
    this.#added = addedKinds(catalog?.addedTypes ?? [])
    this.#unknown = { detections: distinct(this.#entries.flatMap(({ detections }) => detections)), added: this.#added }
    this.#recorded = this.#unknown.detections.map((each) => (each.with === 'null' ? { ...each, with: 'redact' } : each))
    this.#narrowed = this.#entries.some(({ only, except }) => only !== undefined || except.size > 0)
  }

  /** Masks, and a scan for every other column that can hold text. */
  ofFields(fields: readonly Field[], masks: readonly (ColumnMask | undefined)[] | undefined): Treatment {
    return fields.map((field, at) => masks?.[at] ?? this.#scan(field))
  }

  /** Masks, and a scan for every other column: what COPY sends says nothing of types and origins. */
  ofCopy(columns: number, masks: readonly (ColumnMask | undefined)[] | undefined): Treatment {
    return Array.from({ length: columns }, (_, at) => masks?.[at] ?? this.#unknown)
  }

  /** What the server says, without what is found in it; undefined where nothing is. */
  ofText(text: string, key: Buffer): string | undefined {
    const bytes = Buffer.from(text)
    const detections = possibleIn(signalsOf(bytes, 0, bytes.length), this.#unknown.detections)
    if (detections.length === 0) return undefined
    const hidden = scanText(text, 'plain', { detections, key, report: () => undefined })
    return hidden === null ? '[withheld]' : hidden
  }

  /** A text that is recorded, without what is found in it; undefined where nothing is. */
  ofRecorded(
    text: string,
    key: Buffer,
  ): { readonly text: string; readonly detected: Record<string, number> } | undefined {
    const bytes = Buffer.from(text)
    const detections = possibleIn(signalsOf(bytes, 0, bytes.length), this.#recorded)
    if (detections.length === 0) return undefined
    const detected: Record<string, number> = {}
    const report = ({ by: { detector } }: Finding): void => {
      detected[detector.name] = (detected[detector.name] ?? 0) + 1
    }
    const hidden = scanText(text, 'plain', { detections, key, report })
    return hidden === undefined ? undefined : { text: hidden ?? '[withheld]', detected }
  }

  #scan({ type, modifier, table, attribute }: Field): ColumnScan | undefined {
    const kind = scanKindOf(type, this.#added)
    if (kind === undefined) return undefined
    const detections = this.#narrowed ? this.#detections(table, attribute) : this.#unknown.detections
    if (detections.length === 0) return undefined
    return { detections, type: { oid: type, modifier, kind }, added: this.#added }
  }

  /** A column that isn't known to be another than those that an entry names is looked through. */
  #detections(table: number, attribute: number): readonly Detection[] {
    const names = namesOf(this.#relations.get(table), attribute)
    const entries = this.#entries.filter(
      ({ only, except }) =>
        !names.some((name) => except.has(name)) &&
        (!only || names.length === 0 || names.some((name) => only.has(name))),
    )
    return distinct(entries.flatMap(({ detections }) => detections))
  }
}
