const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** The offset of this machine's zone at that moment: `+01`, `+05:30`, `Z`. */
function zone(at: Date): string {
  const minutes = -at.getTimezoneOffset()
  if (minutes === 0) return 'Z'
  const rest = Math.abs(minutes) % 60
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(Math.abs(minutes) / 60))}${rest ? `:${twoDigits(rest)}` : ''}`
}

/**
 * A time for people, in this machine's zone, which it names: `2026-11-30 21:43:05+01`.
 * @param iso ISO 8601; what isn't is given back as it is
 */
export function momentText(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`
  return `${date} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}${zone(at)}`
}
