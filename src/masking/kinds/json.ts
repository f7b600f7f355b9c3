import type { ColumnType, ValueMask, ValueSpec } from '../types.js'
import { parseJsonPath } from '../values/json-path.js'
import { kindOf } from '../values/kind.js'
import { JsonDocument, NotJson } from './json-document.js'
import { leaf } from './json-leaf.js'
import type { MaskedPath } from './json-states.js'
import type { Masking } from './suiting.js'

/** jsonb's binary format begins with its version. */
const VERSION = 1

/**
 * Masks what the paths name within a document; everything else stays as it is. Where several paths name a value, the
 * first holds. What isn't JSON, or is nested too deep, is redacted whole.
 * @returns undefined where the type isn't json or jsonb
 */
export const json = (
  specs: Readonly<Record<string, ValueSpec>>,
  type: ColumnType,
  masking: Masking,
): ValueMask | undefined => {
  if (kindOf(type) !== 'b' || (type.name !== 'json' && type.name !== 'jsonb')) return undefined
  const versioned = type.name === 'jsonb' && masking.format === 1
  const paths: MaskedPath[] = []
  for (const [path, spec] of Object.entries(specs)) {
    const steps = parseJsonPath(path)
    if (!steps) return undefined
    paths.push({ steps, leaf: leaf(spec, masking) })
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
