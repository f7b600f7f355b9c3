import type { Piece } from './lex.js'

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly words: readonly string[] }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly words: readonly string[]
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[]
    }

export interface Parsed {
  readonly nodes: readonly Node[]
  /** What `define` names. */
  readonly named: Readonly<Record<string, readonly Node[]>>
}

const opening = ['if', 'with', 'range'] as const

/** @throws {Error} for actions that the charts here don't use */
export const parseTemplate = (pieces: readonly Piece[]): Parsed => {
  let at = 0
  const named: Record<string, readonly Node[]> = {}
  const until = (ends: readonly string[]): Node[] => {
    const nodes: Node[] = []
    for (; at < pieces.length; at++) {
      const piece = pieces[at]!
      if ('text' in piece) {
        nodes.push({ kind: 'text', text: piece.text })
        continue
      }
      const [first = '', ...rest] = piece.words
      if (ends.includes(first)) return nodes
      at++
      const kind = opening.find((each) => each === first)
      if (kind) {
        const body = until(['else', 'end'])
        const end = pieces[at]
        const hasElse = end !== undefined && 'words' in end && end.words[0] === 'else'
        if (hasElse) at++
        nodes.push({ kind, words: rest, body, otherwise: hasElse ? until(['end']) : [] })
      } else if (first === 'define') named[JSON.parse(rest[0]!) as string] = until(['end'])
      else {
        at--
        nodes.push({ kind: 'value', words: piece.words })
      }
    }
    if (ends.length > 0) throw new Error(`no ${ends.join(' nor ')}`)
    return nodes
  }
  return { nodes: until([]), named }
}
