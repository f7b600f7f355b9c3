/** Whether a value that somebody else wrote is of its kind. */
export type Field = (value: unknown) => boolean

export const text: Field = (value) => typeof value === 'string'
/** One that a clock shows, ISO 8601. */
export const time: Field = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
export const whole: Field = (value) => Number.isSafeInteger(value) && (value as number) >= 0
export const flag: Field = (value) => typeof value === 'boolean'
export const maybe =
  (field: Field): Field =>
  (value) =>
    value === undefined || field(value)

/** The fields of an object, each of which is checked; others are not read. */
export type Fields<Of> = { readonly [K in keyof Required<Of>]: Field }

/** @returns the name of the first that is none of its kind */
export const wrongField = (fields: Readonly<Record<string, Field>>, value: unknown): string | undefined => {
  const of = (value ?? {}) as Readonly<Record<string, unknown>>
  return Object.entries(fields).find(([name, isSo]) => !isSo(Object.hasOwn(of, name) ? of[name] : undefined))?.[0]
}

export const object =
  (fields: Readonly<Record<string, Field>>): Field =>
  (value) =>
    typeof value === 'object' && value !== null && wrongField(fields, value) === undefined

export const actor = object({ subject: text, name: text })
