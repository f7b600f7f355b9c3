/** A piece of a text, in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39
export const isLetter = (code: number): boolean => (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
/** False for NaN, which stands before the beginning and behind the end. */
export const isAlphanumeric = (code: number): boolean => isDigit(code) || isLetter(code)

const digitRuns = (text: string): readonly Span[] => {
  const runs: Span[] = []
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) continue
    const start = at
    while (isDigit(text.charCodeAt(at))) at++
    runs.push({ start, end: at })
  }
  return runs
}

/** A text that detectors look through. What several of them need is made once. */
export class Subject {
  readonly text: string
  #runs: readonly Span[] | undefined

  constructor(text: string) {
    this.text = text
  }

  /** All runs of decimal digits, in order. */
  get runs(): readonly Span[] {
    return (this.#runs ??= digitRuns(this.text))
  }

  /** What stands between two runs. */
  between(first: Span | undefined, second: Span | undefined): string {
    return first && second ? this.text.slice(first.end, second.start) : ''
  }

  /** Whether no letter or digit touches the piece, and it is no part of a decimal fraction or a dotted number. */
  standsAlone({ start, end }: Span): boolean {
    const at = (position: number) => this.text.charCodeAt(position)
    if (isAlphanumeric(at(start - 1)) || isAlphanumeric(at(end))) return false
    const dot = (position: number) => this.text[position] === '.'
    return !(dot(start - 1) && isDigit(at(start - 2))) && !(dot(end) && isDigit(at(end + 1)))
  }

  /** Whether a digit follows or goes before with only this separator between: the piece is part of something longer. */
  continues({ start, end }: Span, separator: string): boolean {
    const at = (position: number) => this.text.charCodeAt(position)
    return (
      (this.text[start - 1] === separator && isDigit(at(start - 2))) ||
      (this.text[end] === separator && isDigit(at(end + 1)))
    )
  }
}
