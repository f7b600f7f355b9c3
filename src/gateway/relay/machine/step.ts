import type { Outbox } from '../../../wire/outbox.js'
import type { Command } from './commands.js'

/** What one step of the machine gives: bytes for both sides, to be taken out before the next step, and commands. */
export interface Step {
  /** Nothing of this may leave before what the step recorded is committed. */
  readonly toServer: Outbox
  readonly toClient: Outbox
  /** In order; to be emptied by whoever carries them out. */
  readonly commands: Command[]
}
