import type { Allowed } from '../../policy/decision.js'
import type { Outbox } from '../../wire/outbox.js'
import type { Decider } from './decider.js'
import type { StatementDetails } from './journal.js'
import type { OpenPipeline } from './open-pipeline.js'
import type { RelayState } from './state.js'
import type { Verdict } from './wait.js'

/** What the client's requests are passed on with. */
export interface FrontendParts {
  readonly state: RelayState
  readonly out: Outbox
  readonly open: OpenPipeline
  readonly decider: Decider
  /** A word that is no SQL, and a name that no one can have prepared: parsing or binding it is an error at a place of our choice. */
  readonly refused: string
}

/** What goes into the recording of what policy said. */
export const noted = (
  { statements, warnings, observed }: Allowed,
  { approval, estimate }: Pick<Decider, 'approval' | 'estimate'>,
): StatementDetails => ({ ...{ facts: statements, approval, estimate, warnings, observed } })

/** The request for an approval that a refusal ended. */
export const refusedBy = (verdict: Verdict | undefined): string | undefined =>
  verdict?.kind === 'refuse' ? verdict.approval : undefined
