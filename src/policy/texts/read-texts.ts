import { codeLength } from '../../sql/parser/code-length.js'
import { witnessParameters } from '../../sql/witness/parameters.js'
import { Hurried, hurriedly } from '../../sql/work.js'
import type { Decided, Decider } from '../decide.js'
import { inTurns, isLong, isVeryLong, LongTexts, Unread } from './long-texts.js'
import type { Analyst, TextFacts } from './text-facts.js'

/** A long text that was read. */
export interface ReadText {
  readonly decided: Decided
  readonly spans: ArrayLike<number> | undefined
  /** What this takes in memory, about. */
  readonly bytes: number
}

/** What is known of a statement takes so many bytes, about, and each that is like another so many. */
const FACTS = 4_000
const EACH = 50

/** Short texts that take long of which it is remembered: each takes no more than some tens of milliseconds to be found out. */
const MOST_HARD = 1_000

/** What the witness is asked about each statement is known from then on. */
function* workedOut({ statements }: TextFacts): Generator<undefined, void> {
  for (const { premise } of new Set(statements)) {
    if (premise) witnessParameters([premise])
    yield
  }
}

/** Texts that take long: who reads them, and what came of it. */
export class ReadTexts {
  readonly #analyst: Analyst | undefined
  readonly #read = new LongTexts<Decider, ReadText>()
  /** Texts that are short, and took longer than others can wait. */
  readonly #hard = new Set<string>()

  /** @param analyst who reads elsewhere; where nobody does, all is read here */
  constructor(analyst: Analyst | undefined) {
    this.#analyst = analyst
  }

  /** Whether it takes so long that others would notice. */
  takesLong(text: string): boolean {
    return this.#analyst ? this.#reader(text) !== undefined : isLong(text)
  }

  get(text: string, decider: Decider): ReadText | undefined {
    return this.#read.get(text, decider)
  }

  keep(text: string, decider: Decider, read: ReadText): void {
    this.#read.keep(text, decider, read, read.bytes)
  }

  /** Decides at once. @throws {Unread} where somebody else has to read it first */
  decide(text: string, decider: Decider): Decided {
    if (this.#reader(text)) throw new Unread(text)
    if (!this.#analyst) return decider.decide(text)
    try {
      return hurriedly(() => decider.decide(text))
    } catch (error) {
      if (!(error instanceof Hurried)) throw error
      if (this.#hard.size >= MOST_HARD) this.#hard.clear()
      this.#hard.add(text)
      throw new Unread(text)
    }
  }

  /**
   * Reads it, and works out what the decision is made from.
   * @param person whose it is, for who reads elsewhere
   * @param confirmed whether the witness will be asked about it
   * @throws {HoopError} of the analyst
   */
  async prepare(
    text: string,
    decider: Decider,
    person: string,
    confirmed: boolean,
    signal?: AbortSignal,
  ): Promise<void> {
    const facts = await (this.#reader(text)?.read(decider.basis, text, person, signal) ??
      inTurns(decider.reading(text)))
    const decided = await inTurns(decider.deciding(facts))
    if (confirmed) await inTurns(workedOut(facts))
    const bytes = new Set(facts.statements).size * FACTS + facts.statements.length * EACH
    this.keep(text, decider, { decided, spans: facts.spans, bytes })
  }

  /** Who reads a text: undefined where it is read here. SQL takes longer than strings, which embeddings are. */
  #reader(text: string): Analyst | undefined {
    const elsewhere = isVeryLong(text) || this.#hard.has(text) || (isLong(text) && isLong(codeLength(text)))
    return elsewhere ? this.#analyst : undefined
  }
}
