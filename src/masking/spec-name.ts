import { boundMask, type MaskSpec } from './registry.js'

/** The kind of a mask, as recordings name it: `email`, `keep_last`, `json`. */
export const specName = (spec: MaskSpec): string => boundMask(spec).name

/** A mask in words, with what it goes by: `keep_last 4`, `hash version 2`, `json $.a email, $.b redact`. */
export const specLine = (spec: MaskSpec): string => boundMask(spec).words
