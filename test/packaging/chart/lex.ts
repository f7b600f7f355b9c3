/** A piece of a template: text as it is, or what stands between `{{` and `}}`, as words. */
export type Piece = { readonly text: string } | { readonly words: readonly string[] }

/** Strings, numbers, paths (`.a.b`, `$x.y`), names, and signs. */
const word = /"(?:[^"\\]|\\.)*"|`[^`]*`|:=|[()|]|[^\s()|"`]+/g

/** Cuts a template at its actions; a dash beside a brace takes the blanks on that side away. */
export const lex = (template: string): Piece[] => {
  const parts = template.split(/(\{\{-?[^]*?-?\}\})/)
  return parts.flatMap((part, at): Piece[] => {
    if (at % 2 === 0) {
      const start = parts[at - 1]?.endsWith('-}}') ? part.trimStart() : part
      return [{ text: parts[at + 1]?.startsWith('{{-') ? start.trimEnd() : start }]
    }
    const inner = part.replace(/^\{\{-?/, '').replace(/-?\}\}$/, '')
    return inner.trim().startsWith('/*') ? [] : [{ words: inner.match(word) ?? [] }]
  })
}
