/**
 * Whether a text fits a pattern in which `*` stands for any characters and `?` for one; case doesn't count. Linear in
 * the text for each star: the last star alone is ever taken back.
 */
export const fits = (pattern: string, text: string): boolean => {
  const [p, t] = [pattern.toLowerCase(), text.toLowerCase()]
  let at = 0
  let star = -1
  let retry = 0
  let i = 0
  while (i < t.length) {
    if (at < p.length && p[at] === '*') {
      star = at++
      retry = i
    } else if (at < p.length && (p[at] === '?' || p[at] === t[i])) {
      at++
      i++
    } else if (star >= 0) {
      at = star + 1
      i = ++retry
    } else return false
  }
  while (p[at] === '*') at++
  return at === p.length
}
