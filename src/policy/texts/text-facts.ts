import { Analyser, type AnalyseOptions } from '../../sql/analyse.js'
import type { Catalog } from '../../sql/catalog.js'
import type { Analysis, StatementFacts } from '../../sql/facts.js'
import { withNames } from '../masks/former-names.js'

/** What texts are read by. */
export interface Basis {
  /** Absent where nothing in the policy depends on what names mean. */
  readonly catalog: Catalog | undefined
  readonly options: AnalyseOptions
}

/**
 * What is found out about a text by the catalog and the policy, whoever asks and when: plain values, so that a thread can
 * find it out. Statements that are alike have the same facts, and not merely equal ones.
 */
export interface TextFacts extends Analysis {
  /** Relations that the text gives another name. */
  readonly renamed: NonNullable<StatementFacts['renamed']>
}

/** Whoever reads long texts elsewhere than on the event loop. */
export interface Analyst {
  /**
   * @param person the account that it counts against
   * @throws {HoopError} ANALYSIS_LATE, ANALYSIS_BUSY, ANALYSIS_FAILED, or the signal's reason: nothing is known of the text
   */
  read(basis: Basis, text: string, person: string, signal?: AbortSignal): Promise<TextFacts>
}

/** Reads texts by one basis. The parser must have been initialized. */
export class TextReader {
  readonly #basis: Basis
  readonly #analyser: Analyser

  constructor(basis: Basis) {
    this.#basis = basis
    this.#analyser = new Analyser(basis.catalog, basis.options)
  }

  /** With a stop behind each statement. */
  *reading(text: string): Generator<undefined, TextFacts> {
    const first = yield* this.#analyser.analysing(text)
    const [only, another] = first.statements
    if (!only || another === undefined) return { ...first, renamed: only?.renamed ?? [] }
    const renamed = first.statements.flatMap((each) => each.renamed ?? [])
    const { catalog, options } = this.#basis
    if (!catalog || renamed.length === 0) return { ...first, renamed }
    // A statement behind a RENAME means by the new name what was renamed.
    return { ...(yield* new Analyser(withNames(catalog, renamed), options).analysing(text)), renamed }
  }
}
