import { z } from 'zod'

const named = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected)

export const columnName = named(/^[^.]+\.[^.]+\.[^.]+$/, 'schema.table.column, spelled as in the catalog')
export const columnPattern = named(/^[^.*]+\.[^.*]+\.(?:[^.*]+|\*)$/, 'schema.table.column or schema.table.*')
export const relationName = named(/^[^.*]+(?:\.(?:[^.*]+|\*))?$/, 'table, schema.table or schema.*')
export const functionName = named(/^[^.*]+(?:\.(?:[^.*]+|\*))?$/, 'function, schema.function or schema.*')
