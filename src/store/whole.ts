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
