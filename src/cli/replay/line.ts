/** A line that is typed while single keys are read. */
export class Line {
  #text = ''
  readonly #label: string
  readonly #take: (text: string) => void

  constructor(label: string, take: (text: string) => void) {
    this.#label = label
    this.#take = take
  }

  get shown(): string {
    return this.#label + this.#text
  }

  /** @returns false where it is done: taken at Enter, left at Escape */
  press(key: string): boolean {
    if (key === '\r' || key === '\n') {
      this.#take(this.#text)
      return false
    }
    if (key === '\u001b' || key === '\u0004') return false
    if (key === '\u007f' || key === '\b') this.#text = [...this.#text].slice(0, -1).join('')
    else if (!/\p{Cc}/u.test(key)) this.#text += key
    return true
  }
}
