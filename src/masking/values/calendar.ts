/** Days are counted from 2000-01-01, as PostgreSQL's binary formats do. Years before 1 are 0, -1, …: 1 BC, 2 BC, … */
export interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

/** Days from 0000-03-01 to 2000-01-01. */
const EPOCH = 730_425

/** Days in 400 years, after which the Gregorian calendar repeats. */
const ERA = 146_097

/** 4714-11-24 BC, the first day that PostgreSQL has. */
export const FIRST_DAY = -2_451_545

/** @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil */
export const toDays = ({ year, month, day }: Day): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * ERA + dayOfEra - EPOCH
}

/** @see Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days */
export const fromDays = (days: number): Day => {
  const shifted = days + EPOCH
  const era = Math.floor(shifted / ERA)
  const dayOfEra = shifted - era * ERA
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1,
  }
}

/** The first day of the year or month; never before PostgreSQL's own first. */
export const truncated = (days: number, unit: 'year' | 'month'): number => {
  const { year, month } = fromDays(days)
  return Math.max(toDays({ year, month: unit === 'year' ? 1 : month, day: 1 }), FIRST_DAY)
}
