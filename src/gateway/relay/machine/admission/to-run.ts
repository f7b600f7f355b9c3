import type { AllowedStatement, Decision } from '../../../../policy/decision.js'
import type { Bind } from '../../../../wire/frontend.js'
import type { Portal, PreparedStatement } from '../names/names.js'
import type { HeldStatement } from '../suspension/suspension.js'

/** What is about to run. */
export type ToRun =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'bind'
      /** As it is recorded. */
      readonly text: string
      readonly bind: Bind
      /** All that the name may mean by the time that the server reads this. */
      readonly meanings: readonly PreparedStatement[]
    }
  /** Execute of a portal that goes on, or of a cursor that SQL opened. */
  | { readonly kind: 'portal'; readonly text: string; readonly name: string; readonly meanings: readonly Portal[] }

/** What is recorded where nobody has seen the statement's text, or only SQL has. */
export const preparedBySql = (name: string): string => `-- prepared by SQL: ${name}`

/** A Bind of what SQL prepared is this in all but its form. */
export const executeOf = (name: string): string => `EXECUTE "${name.replaceAll('"', '""')}"`

/** The parameters that it runs with. */
export const exactly = (toRun: ToRun): Pick<HeldStatement, 'parameters' | 'parameterFormats' | 'parameterTypes'> =>
  toRun.kind === 'bind'
    ? {
        parameters: toRun.bind.parameters,
        parameterFormats: toRun.bind.parameterFormats,
        parameterTypes: toRun.meanings[0]?.types,
      }
    : { parameters: [], parameterFormats: [], parameterTypes: undefined }

/** A cursor that nobody has seen being opened: it may show anything. */
export const anyCursor: AllowedStatement = {
  ...{ kind: 'fetch', kinds: ['fetch'], reads: [], writes: [], scrub: true, ddl: false },
}

/** With parameters, EXECUTE of the bare name is another statement to the planner. */
export const unplanned = (own: Decision, parameters: number): Decision =>
  own.kind === 'refuse' || parameters === 0
    ? own
    : { ...own, statements: own.statements.map(({ planned: _, ...statement }) => statement) }
