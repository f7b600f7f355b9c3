import type { Outbox } from '../../../../wire/outbox.js'
import type { StatementDetails } from '../../journal.js'
import type { Admissions } from '../admission/admission.js'
import type { Admission } from '../admission/outcome.js'
import { yieldedBy } from '../admission/yielded.js'
import { bytesOf, type Meaning, portalOf } from '../names/names.js'
import type { Message } from './message.js'
import type { Pipeline } from './pipeline.js'
import type { State } from '../state.js'
import type { Given, Wants } from '../suspension/suspension.js'

/** Names of the relay's own in one session, which no client may be able to guess. */
export interface OwnNames {
  /** A word that is no SQL, and a name that no one can have prepared: parsing or binding it is an error at a place of our choice. */
  readonly refused: string
  /** What is prepared as this is only parsed, to see whether it can be. */
  readonly check: string
  /** What EXPLAINs of the relay's are prepared as. */
  readonly plan: string
}

/** What the client's requests are passed on with. */
export interface ClientParts {
  readonly state: State
  readonly out: Outbox
  readonly pipeline: Pipeline
  readonly admissions: Admissions
  readonly own: OwnNames
  /** What `application_name` becomes where the client sets it to its own. */
  readonly named: (own: string) => string
  /** Stops the client's side at this message, until what it wants is there. */
  suspend(message: Message, wants: Wants, given: Given): void
}

/** What goes into the recording of what policy said. */
export const noted = ({ statements, approval, estimate, warnings, observed }: Admission): StatementDetails => ({
  facts: statements,
  approval,
  estimate,
  warnings,
  observed,
})

/** Of SQL: never certain, since the text may fail and what is sent next be run all the same. */
const NEVER = -1

/** What the statements of a text give names to, once the server has run them. */
export const definitionsOf = ({ statements, rules }: Admission, text: string): readonly (Meaning | undefined)[] => {
  if (!statements.some(({ defines }) => defines)) return none
  return statements.map((statement) => {
    const { defines } = statement
    if (!defines) return undefined
    const { of, name, hold } = defines
    const facts = yieldedBy(statement)
    const meaning = { name, bySql: true, text, approved: rules, pipeline: NEVER, bytes: bytesOf(name, text) }
    return of === 'statement'
      ? { ...meaning, of, types: undefined, facts, state: 'requested' as const }
      : { ...portalOf(name, text, NEVER), ...meaning, facts, hold: hold === true }
  })
}

const none: readonly undefined[] = []
