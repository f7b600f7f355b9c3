import { z } from 'zod'

/** JSON Schemas of what goes over the wire, held to the types of `src/lib` by the compiler. */
export const registry = z.registry<{ id: string; description?: string }>()

/** Enters a schema under the name by which routes refer to it. */
export const named = <T, S extends z.ZodType<T>>(id: string, schema: S): S => {
  registry.add(schema, { id })
  return schema
}

/** Shown to others and told to clients: nothing in it steers a terminal or turns text around. @param most characters */
export const line = (most: number): z.ZodString =>
  z
    .string()
    .max(most)
    .regex(/^[^\p{Cc}\p{Bidi_Control}]*$/u)

export const time = z.string().meta({ format: 'date-time' })
