import type { z } from 'zod'
import type { Path } from './document.js'

type Schema = z.core.$ZodType

/** What this walk reads of a schema's definition: wrappers, objects, records, lists. */
interface Definition {
  readonly innerType?: Schema
  readonly in?: Schema
  readonly shape?: Readonly<Record<string, Schema>>
  readonly valueType?: Schema
  readonly element?: Schema
}

/** The keys that a schema knows at a path, in the schema's order. */
export const keysAt = (schema: Schema, path: Path): readonly string[] => {
  const definition = schema._zod.def as Definition
  const wrapped = definition.innerType ?? definition.in
  if (wrapped) return keysAt(wrapped, path)
  const [head, ...rest] = path
  if (head === undefined) return Object.keys(definition.shape ?? {})
  const next = definition.shape?.[String(head)] ?? definition.valueType ?? definition.element
  return next ? keysAt(next, rest) : []
}
