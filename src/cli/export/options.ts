export interface ExportOptions {
  /** Of one result: `12`, or `12.2` for the second of a text with several. */
  readonly statement?: string | undefined
  /** Takes what whoever reads the export should know, and what has no place in it. */
  readonly note: (text: string) => void
}
