import type { ColumnMask, ColumnType, MaskSpec } from '../../src/masking/types.js'

/** The gateway's key, as far as these tests go. */
export const key = Buffer.alloc(32, 7)

export const text: ColumnType = { oid: 25, modifier: -1, name: 'text', kind: 'b' }

export const typed = (name: string, modifier = -1): ColumnType => ({ ...text, name, modifier })

export const mask = (spec: MaskSpec, type: ColumnType = text): ColumnMask => ({ column: 'public.t.v', spec, type })

export const specs: MaskSpec[] = ['redact', 'null', 'email', 'hash', 'vector', { keep_first: 2 }, { keep_last: 2 }]
