import type { TextFacts } from '../../policy/texts/text-facts.js'
import type { AnalyseOptions } from '../../sql/analyse.js'
import type { CatalogData, ReadingHead, ReadingPage } from '../../sql/catalog/read/transfer.js'
import type { StatementFacts } from '../../sql/facts.js'

/** What the thread is told. Readings and bases have numbers, and are sent once. */
export type ToThread =
  | { readonly kind: 'page'; readonly reading: number; readonly page: ReadingPage }
  /** All of its pages were sent. */
  | { readonly kind: 'reading'; readonly reading: number; readonly head: ReadingHead }
  | {
      readonly kind: 'basis'
      readonly basis: number
      readonly catalog: { readonly reading: number; readonly data: CatalogData } | undefined
      readonly options: AnalyseOptions
    }
  /** Nobody asks by these any more. */
  | { readonly kind: 'drop'; readonly readings: readonly number[]; readonly bases: readonly number[] }
  /** A text comes in parts: to copy all of it takes a while. */
  | { readonly kind: 'part'; readonly text: string }
  /** All parts were sent. */
  | { readonly kind: 'text'; readonly basis: number }
  /** The last answer was taken. */
  | { readonly kind: 'more' }

/** What it answers, one thing at a time. */
export type FromThread =
  /** It has started, or has a basis. */
  | { readonly kind: 'ready' }
  /** Some of the statements that differ; `more` brings the next. */
  | { readonly kind: 'facts'; readonly facts: readonly StatementFacts[] }
  /** All were sent. @param order of each statement of the text, which of those that differ it is */
  | {
      readonly kind: 'read'
      readonly order: Uint32Array
      readonly spans: Uint32Array | undefined
      readonly rest: Omit<TextFacts, 'statements' | 'spans'>
    }
  /** Nobody waits for it. */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'failed'; readonly why: string }

export interface ThreadData {
  /** Not 0: nobody waits for the text at hand. */
  readonly abandoned: SharedArrayBuffer
}
