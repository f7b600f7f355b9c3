import type { Contender } from '../contenders.js'

/** A gateway and an agent, each a process of its own, as people run them. */
export interface Hoop extends AsyncDisposable {
  /** Rules and recording on, nothing in the tables masked. */
  readonly plain: Contender
  /** The same, and one text column masked. */
  readonly masked: Contender
  readonly processes: { readonly gateway: number; readonly agent: number }
  /** Runs `hoop …` to its end. @throws where its status isn't 0 */
  command(args: readonly string[]): Promise<string>
}
