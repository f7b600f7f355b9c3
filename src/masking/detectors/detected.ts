/** Counts what detectors found in one result: by detector, and by column. */
export class Detected {
  readonly #total = new Map<string, number>()
  readonly #columns = new Map<number, Set<string>>()
  #pending: (readonly [name: string, column: number])[] = []

  found(name: string, column: number): void {
    this.#pending.push([name, column])
    if (this.#pending.length > 1000) this.commit()
  }

  /** What was found so far counts. */
  commit(): void {
    for (const [name, column] of this.#pending) {
      this.#total.set(name, (this.#total.get(name) ?? 0) + 1)
      this.#columns.set(column, (this.#columns.get(column) ?? new Set()).add(name))
    }
    this.#pending = []
  }

  /** What was found since the last commit was in a row that is looked through again when the rest of it has come. */
  drop(): void {
    this.#pending = []
  }

  /** By detector, for the recording; undefined where nothing was found. */
  get counts(): Readonly<Record<string, number>> | undefined {
    this.commit()
    return this.#total.size === 0 ? undefined : Object.fromEntries(this.#total)
  }

  /** What was found in a column. */
  in(column: number): readonly string[] {
    this.commit()
    return [...(this.#columns.get(column) ?? [])].sort()
  }
}
