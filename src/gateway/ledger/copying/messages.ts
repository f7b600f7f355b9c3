/** What a process is told to do in a folder of copies. */
export type CopyTask =
  | { readonly kind: 'add'; readonly folder: string; readonly name: string; readonly line: string }
  | { readonly kind: 'newest'; readonly folder: string; readonly origin: string }

export interface CopyAnswer {
  readonly line?: string
  /** Code of the system's error. */
  readonly failed?: string
}
