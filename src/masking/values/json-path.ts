/** One step from a JSON value to what is in it. `deep` stands before a key that is looked for at every depth. */
export type PathStep =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'anyKey' | 'anyIndex' | 'deep' }

/** `.name`, `."any name"`, `.*`, `[7]`, `[*]`, and the first three behind two dots. */
const STEP = /(\.\.?)(?:([\p{L}_$][\p{L}\p{N}_$-]*)|("(?:[^"\\]|\\.)*")|(\*))|\[(?:(\d{1,9})|(\*))\]/uy

const unquoted = (text: string): string | undefined => {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}

/**
 * Reads a path such as `$.items[*].ssn`, `$."e-mail"` or `$..ssn`: a part of SQL's jsonpath.
 * @returns undefined for anything else, and for `$` alone
 */
export const parseJsonPath = (path: string): readonly PathStep[] | undefined => {
  if (!path.startsWith('$')) return undefined
  const steps: PathStep[] = []
  for (let at = 1; at < path.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const found = STEP.exec(path)
    if (!found) return undefined
    const [, dots, plain, quoted, anyKey, index] = found
    if (dots === '..') steps.push({ kind: 'deep' })
    const name = plain ?? (quoted === undefined ? undefined : unquoted(quoted))
    if (name !== undefined) steps.push({ kind: 'key', name })
    else if (quoted !== undefined) return undefined
    else if (anyKey !== undefined) steps.push({ kind: 'anyKey' })
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) })
    else steps.push({ kind: 'anyIndex' })
  }
  return steps.length > 0 && steps.length <= 64 ? steps : undefined
}
