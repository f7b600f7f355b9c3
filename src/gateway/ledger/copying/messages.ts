/** What a process is told to do in a folder of copies, or with events. */
export type CopyTask =
  | { readonly kind: 'add'; readonly folder: string; readonly name: string; readonly line: string }
  | { readonly kind: 'newest'; readonly folder: string; readonly origin: string }
  /** Adds whole lines to a file; `folder` is its path. */
  | { readonly kind: 'lines'; readonly folder: string; readonly lines: string }
  /** Writes to the process's own output. */
  | { readonly kind: 'print'; readonly folder: string; readonly lines: string }

export interface CopyAnswer {
  readonly line?: string
  /** Code of the system's error. */
  readonly failed?: string
}
