/** Characters that an id is cut to at least: fewer are soon those of another as well. */
const fewest = 10

/**
 * The beginnings by which ids differ, as commands take them: as long as it takes among these, and not shorter than ten
 * characters.
 */
export function shortIds(ids: readonly string[]): (id: string) => string {
  const sorted = [...new Set(ids)].sort()
  const shared = sorted.map((id, i) => common(id, sorted[i + 1] ?? ''))
  const length = Math.max(fewest, 1 + Math.max(0, ...shared))
  return (id) => id.slice(0, length)
}

function common(a: string, b: string): number {
  let n = 0
  while (n < a.length && a[n] === b[n]) n++
  return n
}
