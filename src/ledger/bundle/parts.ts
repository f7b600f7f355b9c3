/** What stands in `about.json`. */
export interface AboutBundle {
  readonly format: 1
  /** ISO 8601: when it was begun. */
  readonly taken: string
  readonly vkey: string
  readonly since?: string
}

/** A file of the store's rows, of which there are several. */
export const storePart = (name: string, part: number): string => `store/${name}.${part}.jsonl`
