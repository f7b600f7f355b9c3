import type { AllowedStatement } from '../../policy/decision.js'
import type { Field } from '../../wire/backend.js'
import { nameKey } from '../../wire/frontend.js'
import type { Statement } from './journal.js'
import type { BindRequest, ParseRequest, Portal, Prepared, Request } from './requests.js'
import type { RelayState } from './state.js'

/** What is recorded where only SQL has seen the statement's text, or a name may have changed its meaning. */
export const preparedBySql = (name: string): string => `-- prepared by SQL: ${name}`

/** EXECUTE of EXECUTE of …: nobody writes more, and what is behind more of them is not known. */
const MAX_DEPTH = 8

/**
 * The prepared statements and portals that the server has, exact because it follows the server's answers and not the
 * client's requests: what was skipped after an error in a pipeline never gets here.
 */
export class Descriptions {
  readonly #state: RelayState
  readonly #prepared = new Map<string, Prepared>()
  readonly #portals = new Map<string, Portal>()
  /** Cursors that SQL declared, and what they yield. A newer one of the same name stands for an older one. */
  readonly #declared = new Map<string, AllowedStatement>()

  constructor(state: RelayState) {
    this.#state = state
  }

  parsed({ name, prepared }: ParseRequest): void {
    this.#prepared.set(nameKey(name), prepared)
  }

  bound({ portal, name, text, statement, formats, allowed, raise }: BindRequest): void {
    const prepared = this.#prepared.get(nameKey(name))
    const ran = prepared?.text ?? preparedBySql(name)
    const other = ran !== text
    if (other) statement.ran = ran
    this.#declared.delete(nameKey(portal))
    const meant = other ? prepared?.allowed : (allowed ?? prepared?.allowed)
    this.#portals.set(nameKey(portal), { prepared, formats, allowed: meant, raise })
  }

  closed({ of, name }: { of: 'S' | 'P'; name: string }): void {
    if (of === 'S') this.#prepared.delete(nameKey(name))
    else this.#portals.delete(nameKey(name))
  }

  statement(name: string, fields: readonly Field[]): void {
    const prepared = this.#prepared.get(nameKey(name))
    if (prepared) prepared.fields = fields
  }

  /** A portal that SQL opened (DECLARE) is unknown until it is described. */
  portal(name: string): Portal {
    const key = nameKey(name)
    let portal = this.#portals.get(key)
    if (!portal)
      this.#portals.set(key, (portal = { prepared: undefined, allowed: this.#declared.get(key), formats: [] }))
    return portal
  }

  /** PREPARE or DECLARE has succeeded. */
  define(statement: AllowedStatement): void {
    const { defines, kinds, reads, writes, scrub } = statement
    if (!defines) return
    const { outputs } = defines
    const later: AllowedStatement = {
      kind: 'select',
      kinds,
      reads,
      writes,
      scrub,
      ddl: false,
      ...(outputs && { outputs }),
    }
    const key = nameKey(defines.name)
    if (defines.of === 'statement') this.#prepared.set(key, { text: preparedBySql(defines.name), allowed: later })
    else {
      this.#portals.delete(key)
      this.#declared.set(key, later)
    }
  }

  /** The statement whose columns come out: of EXECUTE and FETCH, the one of that name, where it is known. */
  meant(statement: AllowedStatement | undefined, depth = 0): AllowedStatement | undefined {
    const runs = statement?.runs
    if (!runs) return statement
    // A name may lead to another EXECUTE or FETCH, and in the end to itself.
    if (depth > MAX_DEPTH) return undefined
    const key = nameKey(runs.name)
    const next =
      runs.of === 'statement'
        ? this.#prepared.get(key)?.allowed
        : (this.#portals.get(key)?.allowed ?? this.#declared.get(key))
    return this.meant(next, depth + 1)
  }

  /** DO with a PREPARE, and DISCARD: a name may mean another statement from now on. */
  forget(): void {
    this.#prepared.clear()
    this.#declared.clear()
  }

  /** Portals end with their transaction; one that doesn't (WITH HOLD) is described again. */
  transactionEnded(): void {
    this.#portals.clear()
  }

  /** Whether the answer to a request may quote values of masked columns. */
  touchesMasked(head: Request | undefined): boolean {
    switch (head?.kind) {
      case 'query':
        return head.allowed.some(({ scrub }) => scrub)
      case 'parse':
        return head.prepared.allowed?.scrub ?? false
      case 'bind': {
        const prepared = this.#prepared.get(nameKey(head.name))
        return (prepared?.text === head.text ? head.allowed : prepared?.allowed)?.scrub ?? true
      }
      case 'execute':
        return this.#portals.get(nameKey(head.portal))?.allowed?.scrub ?? true
      case 'function':
        return true
      case 'describe':
      case 'close':
      case 'estimate':
      case 'sync':
      case 'copy-end':
      case undefined:
        return false
    }
  }

  /** The statement that failed, where it is one that ran; a failed Parse is recorded here and now. */
  failedStatement(head: Request): Statement | undefined {
    if (head.kind === 'parse' && !head.refused) return this.#state.journal.statement('extended', head.prepared.text)
    return 'statement' in head ? head.statement : undefined
  }
}
