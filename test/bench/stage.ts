import type { Contender } from './contenders.js'
import type { Hoop } from './parts/hoop.js'
import type { Pgbench } from './parts/pgbench.js'
import type { Server } from './parts/server.js'
import type { Options } from './options.js'

/** Something that this machine doesn't have; the rows that need it are skipped, with this reason. */
export interface Missing {
  readonly missing: string
}

export const isMissing = (value: object): value is Missing => 'missing' in value

/** What is on stage during a run; each row takes from it what it measures. */
export interface Stage extends AsyncDisposable {
  readonly options: Options
  /** The run's own folder. */
  readonly folder: string
  readonly signal: AbortSignal
  readonly pgbench: Pgbench
  readonly server: Server
  readonly direct: Contender
  readonly directTls: Contender
  readonly bouncer: Contender | Missing
  readonly hoop: Hoop | Missing
}

/** The contenders that are there. */
export const present = (...contenders: readonly (Contender | Missing)[]): readonly Contender[] =>
  contenders.filter((contender): contender is Contender => !isMissing(contender))

/** Why a comparison can't be made, or undefined where both sides are there. */
export const whyMissing = (...sides: readonly object[]): string | undefined => sides.find(isMissing)?.missing
