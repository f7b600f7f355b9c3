import type { styleText } from 'node:util'

/**
 * What text is made of before it is shown. The replay draws nothing by itself: the command line hands in how a terminal
 * (or a pipe) wants it.
 */
export interface Screen {
  /**
   * The text without anything that a terminal obeys, but for the characters in `keep`. Everything that was recorded goes
   * through here: it was written by the people who are being looked into.
   */
  readonly plain: (text: string, keep?: string) => string
  /** Columns that a text takes. */
  readonly width: (text: string) => number
  readonly paint: (style: Style, text: string) => string
}

type Style = Parameters<typeof styleText>[0]

/** At most `columns` wide, with a mark where something was cut. */
export function fit(screen: Screen, text: string, columns: number): string {
  if (text.length <= columns && screen.width(text) <= columns) return text
  let kept = ''
  for (const character of text.slice(0, 2 * columns)) {
    if (screen.width(kept + character) >= columns) break
    kept += character
  }
  return kept + '…'
}
