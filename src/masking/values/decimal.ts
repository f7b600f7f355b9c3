/** A number as PostgreSQL prints it, digit for digit: `digits` × 10^-`scale`. The scale is never negative. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

const power = (exponent: number): bigint => 10n ** BigInt(exponent)

/** @returns undefined for what is no finite number */
export const parseDecimal = (text: string): Decimal | undefined => {
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? []
  if (whole === undefined) return undefined
  const digits = BigInt(whole + fraction)
  const scale = fraction.length - Number(exponent)
  const signed = sign === '-' ? -digits : digits
  return scale < 0 ? { digits: signed * power(-scale), scale: 0 } : { digits: signed, scale }
}

/** The digits that the number has at another, finer scale; at a coarser one, those of the next number below. */
export const digitsAt = ({ digits, scale }: Decimal, wanted: number): bigint =>
  wanted >= scale ? digits * power(wanted - scale) : floorDivide(digits, power(scale - wanted))

const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient
}

/** The largest multiple of `step` that is not above the value. */
export const floorTo = (value: Decimal, step: Decimal): Decimal => {
  const scale = Math.max(value.scale, step.scale)
  const by = digitsAt(step, scale)
  const digits = floorDivide(digitsAt(value, scale), by) * by
  return { digits: digits / power(scale - step.scale), scale: step.scale }
}

export const printDecimal = ({ digits, scale }: Decimal): string => {
  if (scale === 0) return digits.toString()
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0')
  return `${digits < 0n ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`
}
