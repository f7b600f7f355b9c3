import { z } from 'zod'
import type { BoundMask } from '../spec.js'
import type { ColumnType, Masking, ValueMask } from '../value-mask.js'
import { parseJsonPath } from '../values/json-path.js'
import { kindOf } from '../values/kind.js'
import { JsonDocument, NotJson } from './json-document.js'
import type { MaskedPath } from './json-states.js'
import type { MaskKind, Leaf } from './kind.js'

const plain = (name: string): ColumnType => ({ oid: 0, modifier: -1, name, kind: 'b' })

const REDACTED = '********'

const apply = (mask: ValueMask | undefined, value: string, whole: string): string =>
  (mask?.kind === 'varying' ? mask.apply(Buffer.from(value))?.toString() : undefined) ?? whole

const INTEGER = /^-?\d{1,18}$/

/** Numbers stay numbers, and texts texts, unless the mask says otherwise. */
const leaf = (mask: BoundMask, masking: Masking): Leaf => {
  const of = (name: string, whole: string) =>
    mask.make(plain(name), { ...masking, format: 0, whole: Buffer.from(whole) })
  const [text, decimal, integer] = [of('text', REDACTED), of('numeric', '0'), of('int8', '0')]
  return {
    text: (value) => apply(text, value, REDACTED),
    number: (value) => apply(decimal ?? (INTEGER.test(value) ? integer : undefined), value, '0'),
    boolean: 'false',
    object: '{}',
    array: undefined,
    ...mask.leaf(masking),
  }
}

/** jsonb's binary format begins with its version. */
const VERSION = 1

/**
 * Masks what the paths name within a document; everything else stays as it is. Where several paths name a value, the
 * first holds. What isn't JSON, or is nested too deep, is redacted whole.
 */
const documents = (
  masks: readonly (readonly [path: string, mask: BoundMask])[],
  type: ColumnType,
  masking: Masking,
): ValueMask | undefined => {
  const versioned = type.name === 'jsonb' && masking.format === 1
  const paths: MaskedPath[] = []
  for (const [path, mask] of masks) {
    const steps = parseJsonPath(path)
    if (!steps) return undefined
    paths.push({ steps, leaf: leaf(mask, masking) })
  }
  return {
    kind: 'varying',
    apply(value) {
      if (versioned && value[0] !== VERSION) return masking.whole
      try {
        return new JsonDocument(value, versioned ? 1 : 0).masked(paths)
      } catch (error) {
        if (error instanceof NotJson) return masking.whole
        throw error
      }
    },
  }
}

const path = z
  .string()
  .refine((path) => parseJsonPath(path) !== undefined, 'a path such as $.customer.email, $.items[*].ssn or $..ssn')

/** The mask of documents, made of the masks for single values, which it can't import: they are in one table with it. */
export const jsonOf = <Spec extends string | object>(schema: z.ZodType<Spec>, bound: (spec: Spec) => BoundMask) => {
  const masksOf = (specs: Readonly<Record<string, Spec>>) =>
    Object.entries(specs).map(([path, spec]) => [path, bound(spec)] as const)
  return {
    parameter: {
      schema: z.record(path, schema).refine((paths) => Object.keys(paths).length > 0, 'at least one path and its mask'),
      sketch: '{ json: { path: mask } }',
      words: (specs) =>
        masksOf(specs)
          .map(([path, { words }]) => `${path} ${words}`)
          .join(', '),
    },
    types: 'json, jsonb',
    suits: (type) => kindOf(type) === 'b' && (type.name === 'json' || type.name === 'jsonb'),
    make: (specs, type, masking) => documents(masksOf(specs), type, masking),
  } as const satisfies MaskKind<Readonly<Record<string, Spec>>>
}
