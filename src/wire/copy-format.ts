/** How COPY writes its stream; single characters except `nullText`. */
export interface CopyFormat {
  readonly format: 'text' | 'csv' | 'binary'
  readonly delimiter: string
  readonly quote: string
  readonly escape: string
  readonly nullText: string
  readonly header: boolean
}
