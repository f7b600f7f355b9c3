import { z } from 'zod'

const durationUnits: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const sizeUnits: Record<string, number> = {
  B: 1,
  kB: 1000,
  KB: 1000,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

const quantity =
  (units: Record<string, number>) =>
  (text: string): number | undefined => {
    const [, digits, unit] = /^(\d{1,12}(?:\.\d{1,3})?) ?([A-Za-z]+)$/.exec(text) ?? []
    const factor = unit === undefined ? undefined : Object.hasOwn(units, unit) ? units[unit] : undefined
    return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor)
  }

/** `10m`, `30s`, `250ms` → milliseconds; undefined where it is no duration. */
export const parseDuration = quantity(durationUnits)

/** `20MB`, `64KiB` → bytes; undefined where it is no size. */
export const parseSize = quantity(sizeUnits)

const text = (parse: (text: string) => number | undefined, expected: string) =>
  z.string().transform((value, context) => {
    const parsed = parse(value)
    if (parsed !== undefined && parsed > 0) return parsed
    context.addIssue({ code: 'custom', message: expected, input: value })
    return z.NEVER
  })

/** A duration as people write it; milliseconds after parsing. */
export const duration = text(parseDuration, 'a duration such as 30s, 10m or 1h')

/** A size as people write it; bytes after parsing. */
export const size = text(parseSize, 'a size such as 64kB, 20MB or 1GB')
