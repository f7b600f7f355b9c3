import { z } from 'zod'

/** JSON Schemas of what goes over the wire, held to the types of `src/lib` by the compiler. */
export const registry = z.registry<{ id: string; description?: string }>()

/** Enters a schema under the name by which routes refer to it. */
export const named = <T, S extends z.ZodType<T>>(id: string, schema: S): S => {
  registry.add(schema, { id })
  return schema
}

export const time = z.string().meta({ format: 'date-time' })
