import type { ErrorCode } from '../../src/lib/errors.js'
import type { World } from './world.js'

/** Who is there when a fault comes; `elsewhere` uses another connection, to another server. */
export const people = {
  writer: 'inserts a row again and again',
  reader: 'is in the middle of a result of a million rows',
  loader: 'copies rows in again and again',
  asker: 'reads a masked column again and again',
  idle: 'has asked once and asks again when the fault is over',
  agent: 'inserts as the writer does, through `hoop connect`',
  elsewhere: 'inserts on another connection, whose server is another one',
} as const

export type Who = keyof typeof people

export interface Fault {
  /** As docs/faults.md has it. */
  readonly name: string
  readonly kind: 'recordings' | 'store' | 'database' | 'processes' | 'logins' | 'configuration' | 'limits and network'
  /** Cheap enough for `npm test`. */
  readonly short?: true
  /** It can't be made without this; where it is missing, the fault is left out, with the reason. */
  readonly needs?: 'mounts' | 'prlimit' | 'libfaketime' | 'cc'
  /** What lies on a small disk of its own. */
  readonly disk?: 'recordings' | 'store'
  /** Links count as lost after 2 s of silence, and grants are good for 20 s, renewed by whoever works. */
  readonly brief?: boolean
  /**
   * Who is hurt, and what they hear: severity, SQLSTATE and hoop's code where it is hoop that speaks. After ERROR a
   * session goes on, and everybody who isn't listed hears nothing. Of several, any; `nothing` may be one of them.
   */
  readonly hurt: Readonly<Partial<Record<Who, string | readonly string[]>>>
  /** Who stands still while it lasts, and goes on afterwards. */
  readonly waits?: readonly Who[]
  /** What becomes of somebody who comes while it lasts; not tried where it is left out. */
  readonly newcomer?: string | readonly string[]
  /** How they come, where they don't open a session. */
  readonly comes?: (world: World) => Promise<string>
  /** The gateway ends by itself with this status, and is started again to mend it. */
  readonly exit?: number
  /** The gateway is stopped before, in order: what its start says meanwhile, or that it starts. */
  readonly stopped?: 'starts' | { readonly status: number; readonly code: ErrorCode }
  readonly inject: (world: World) => Promise<unknown>
  readonly mend?: (world: World) => Promise<unknown>
}

/** One line of the table. Times are milliseconds, and tell of one run on one machine. */
export interface Outcome {
  readonly fault: Fault
  readonly open: number
  readonly hurt: Readonly<Partial<Record<Who, string>>>
  /** The longest that anybody stood still who wasn't hurt. */
  readonly longestWait: number
  /** From the mending to the first statement of somebody new. */
  readonly cameBack: number
  readonly newcomer: string
}

/** A fault that everybody hears of: the gateway itself ends. */
export const everybody = (heard: string | readonly string[]): Fault['hurt'] =>
  Object.fromEntries(Object.keys(people).map((who) => [who, heard]))

/** Everybody whose sessions are on the first server. */
export const onFirstServer = (Object.keys(people) as Who[]).filter((who) => who !== 'elsewhere')
