import type { ColumnType } from 'kysely'

/** Whole numbers: SQLite gives number or bigint, PostgreSQL's bigint comes as a string. Read them with `whole()`. */
export type Whole = ColumnType<number | bigint | string, number, number>
export type MaybeWhole = ColumnType<number | bigint | string | null, number | null, number | null>

/**
 * A whole number as every database gives it, as a JavaScript number. Past 2^53 it stays at the largest exact one: a
 * counter that large is no longer worth its last digit.
 */
export const whole = (value: number | bigint | string): number => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : Number.MAX_SAFE_INTEGER
}

/** The last that a date can be, milliseconds since 1970. */
const lastDate = 8.64e15

/** A time as ISO 8601, UTC. What is none, as somebody else can have put it into the store, is the last one there is. */
export const isoTime = (value: number | bigint | string): string => {
  const time = whole(value)
  return new Date(Math.abs(time) > lastDate ? lastDate : time).toISOString()
}
