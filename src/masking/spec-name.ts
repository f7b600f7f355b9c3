import type { MaskSpec } from './types.js'

/** The kind of a mask, as recordings name it: `email`, `keep_last`, `json`. */
export const specName = (spec: MaskSpec): string => (typeof spec === 'string' ? spec : Object.keys(spec)[0]!)

/** A mask in words, with what it goes by: `keep_last 4`, `hash version 2`, `json $.a email, $.b redact`. */
export const specLine = (spec: MaskSpec): string => {
  if (typeof spec === 'string') return spec
  if ('json' in spec) {
    const paths = Object.entries(spec.json).map(([path, inner]) => `${path} ${specLine(inner)}`)
    return `json ${paths.join(', ')}`
  }
  if ('hash' in spec) return `hash version ${spec.hash.version}`
  return Object.entries(spec).flat().join(' ')
}
