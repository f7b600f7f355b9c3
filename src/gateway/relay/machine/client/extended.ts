import { asHoopError, HoopError } from '../../../../lib/errors.js'
import {
  bindOf,
  describePortal,
  nameKey,
  parse,
  type Parse,
  readBind,
  readExecute,
  readParse,
  readTarget,
} from '../../../../wire/frontend.js'
import { type Admission, premisesOf, type Refusal } from '../admission/outcome.js'
import type { Rests } from '../names/names.js'
import { preparedBySql } from '../admission/to-run.js'
import { bytesOf, type Portal, portalOf, type PreparedStatement } from '../names/names.js'
import { checkParse } from './checking.js'
import { type ClientParts, definitionsOf, noted } from './parts.js'
import { type Message, messageOf } from './message.js'
import { withName } from './naming.js'
import type { Given, Waiting } from '../suspension/suspension.js'
import { isWitnessName } from '../witness/messages.js'
import { standing } from '../witness/following.js'
import { addedSince, beforeBind, confirming } from '../witness/confirming.js'
import type { Statement } from '../../journal.js'

const unread: Parse = { name: '', text: '', types: Buffer.alloc(0) }

/** Requests of the extended query. @see PostgreSQL documentation, "Extended Query" */
export class ExtendedRequests {
  readonly #parts: ClientParts

  constructor(parts: ClientParts) {
    this.#parts = parts
  }

  parse(sent: Message, given: Given): void {
    const { state, out, admissions, pipeline, own, named } = this.#parts
    let [frame, message] = [sent, unread]
    let outcome: Admission | Refusal | Waiting
    try {
      message = readParse(frame.buffer, frame.start, frame.end)
      const renamed = withName(message.text, named)
      if (renamed !== undefined) {
        message = { ...message, text: renamed }
        frame = messageOf(parse(message.name, renamed, message.types))
      }
      outcome = this.#room(message.name, message.text) ?? admissions.parsed(message.text, given)
    } catch (error) {
      outcome = { kind: 'refused', error: asHoopError(error) }
    }
    if (outcome.kind === 'waits') return this.#parts.suspend(frame, outcome.wants, given)
    pipeline.opens('prepared')
    const { name, text } = message
    if (outcome.kind === 'refused' && outcome.doubted !== undefined) {
      const check = checkParse(out, message, own)
      const request = { via: 'extended', text, refusal: outcome, check, unnamed: name === '' } as const
      state.push({ kind: 'check', ...request, left: check.answers })
      return
    }
    if (outcome.kind === 'refused') {
      const meaning = this.#prepared({ name, text, types: unread.types }, undefined, 'ended')
      state.push({ kind: 'parse', meaning, refused: outcome.error })
      state.journal.refusal(text, outcome)
      // A Parse that fails still drops the unnamed statement; a Bind would leave an older one there to be executed.
      out.put(parse(name, own.refused))
      return
    }
    // What needs an approval is held where it would run, with its parameters: at Bind.
    if (isWitnessName(name)) state.witness.forget()
    const meaning = this.#prepared(message, outcome, 'requested')
    state.names.request(meaning)
    state.push({ kind: 'parse', meaning, refused: undefined })
    out.keep(frame.buffer, frame.start, frame.end)
  }

  /** Binding plans the statement and may already run functions: it is recorded here, not at Execute. */
  bind(message: Message, given: Given): void {
    const { state, out, admissions, pipeline } = this.#parts
    const { buffer, start, end } = message
    const bind = readBind(buffer, start, end)
    const meanings = state.names.statements.candidates(nameKey(bind.statement), pipeline.number)
    // Which of several it means is known once they are answered; admission waits for that.
    const meant = meanings.at(-1)
    const text = meant && !meant.bySql ? meant.text : preparedBySql(bind.statement)
    // Decided at Parse, and again now: the catalog or the clock may say otherwise by this time.
    const outcome = this.#room(bind.portal, text) ?? admissions.admit({ kind: 'bind', text, bind, meanings }, given)
    if (outcome.kind === 'waits') return this.#parts.suspend(message, outcome.wants, given)
    if (outcome.kind === 'refused') return this.#refuse(bind.portal, text, outcome)
    const first = standing(state, outcome, given) ?? beforeBind(state, outcome, pipeline, given)
    if (first instanceof HoopError) return this.#refuse(bind.portal, text, { kind: 'refused', error: first })
    if (first) return this.#parts.suspend(message, first, given)
    pipeline.opens('bound')
    if ((given.confirmed ?? given.readings) && bind.statement === '' && meant) {
      // A Sync of the relay's came between: where one backend serves everybody, somebody else's may stand there by now.
      state.push({ kind: 'parse', meaning: meant, refused: undefined, own: true })
      out.put(parse('', meant.text, meant.types))
    }
    const details = noted(outcome)
    details.statementName = bind.statement
    details.portal = bind.portal
    details.bound = bind
    const statement = state.journal.statement('extended', text, details)
    const portal: Portal = {
      of: 'portal',
      name: bind.portal,
      bySql: false,
      text,
      approved: outcome.rules,
      pipeline: pipeline.number,
      // The unnamed one shares what it holds with the statement.
      bytes: bind.portal === '' ? 0 : bytesOf(bind.portal, text),
      state: 'requested',
      raise: outcome.raise,
      searches: outcome.searches,
      open: outcome.open,
      meant: meant && { statement: meant, facts: meant.bySql ? undefined : outcome.statements[0] },
      admission: state.guard && outcome,
      confirmed: given.confirmed !== undefined,
      catalog: given.current ? state.guard?.catalog : undefined,
      prepared: undefined,
      facts: undefined,
      formats: bind.resultFormats,
      statement,
      defines: definitionsOf(outcome, text)[0],
      hold: false,
      boundAt: ++state.runs,
      describedAt: -1,
      executed: false,
      fields: undefined,
      masks: undefined,
      used: undefined,
    }
    state.names.request(portal)
    state.push({ kind: 'bind', portal, name: bind.statement, statement, refused: undefined })
    out.keep(buffer, start, end)
  }

  /** @returns whether the message goes on as it is */
  execute(message: Message, given: Given): boolean {
    const { state, out, admissions, pipeline } = this.#parts
    const { portal: name } = readExecute(message.buffer, message.start, message.end)
    const meanings = state.names.portals.candidates(nameKey(name), pipeline.number)
    const portal = meanings.at(-1)
    // What was bound directly before has just been admitted, unless hours may have struck since.
    const fresh = meanings.length === 1 && portal?.boundAt === state.runs && !portal.open
    // Masks go by what was found at Bind, so that is what has to hold; of a cursor that SQL opened, what is found now.
    let rests: Rests | undefined = portal?.admission
    if (!fresh && state.guard) {
      const text = portal?.text || `-- cursor: ${name}`
      const outcome = admissions.admit({ kind: 'portal', text, name, meanings }, given)
      if (outcome.kind === 'waits') this.#parts.suspend(message, outcome.wants, given)
      if (outcome.kind === 'refused') this.#refuse(name, text, outcome)
      if (outcome.kind !== 'admitted') return false
      rests ??= outcome
    }
    const first = rests && addedSince(state, rests, portal, given)
    if (first instanceof HoopError) this.#refuse(name, portal?.text ?? '', { kind: 'refused', error: first })
    else if (first) this.#parts.suspend(message, first, given)
    if (first) return false
    // A portal that runs again is refused by the server; until then it is another thing of that name.
    const defines = portal?.defines && { ...portal.defines }
    const full = defines && this.#room(defines.name, defines.text)
    if (full) {
      this.#refuse(name, defines.text, full)
      return false
    }
    pipeline.opens('bound')
    // A portal that goes on, or one that SQL opened, is a statement of its own in the recording.
    const statement =
      portal?.statement && !portal.executed
        ? portal.statement
        : state.journal.statement('extended', portal?.statement?.text ?? `-- cursor: ${name}`, { portal: name })
    if (state.guard?.masking && portal?.describedAt !== state.runs) {
      state.push({ kind: 'describe', of: 'P', name, own: true })
      out.put(describePortal(name))
    }
    // What was confirmed before the Bind holds directly behind it, and no longer.
    if (rests) this.#confirm(rests, statement, fresh && portal.confirmed)
    state.runs++
    if (defines) state.names.request(defines)
    if (portal) portal.executed = true
    state.push({ kind: 'execute', portal: name, statement, defines })
    return true
  }

  describe({ buffer, start, end }: Message): void {
    const { state, pipeline } = this.#parts
    const { of, name } = readTarget(buffer, start, end)
    pipeline.opens('prepared')
    if (of === 'P') {
      // Nothing run since could have put another portal in its place: its Execute needs no description of ours.
      const [portal, more] = state.names.portals.candidates(nameKey(name), pipeline.number)
      if (portal && !more) portal.describedAt = state.runs
    }
    state.push({ kind: 'describe', of: of ?? 'S', name, own: false })
  }

  close({ buffer, start, end }: Message): void {
    const { of, name } = readTarget(buffer, start, end)
    if (isWitnessName(name)) this.#parts.state.witness.forget()
    this.#parts.pipeline.opens('prepared')
    this.#parts.state.push({ kind: 'close', of: of ?? 'S', name })
  }

  /** A Bind of what nobody prepared goes in its place, and the server's error about that becomes ours. */
  #refuse(portal: string, text: string, refusal: Refusal): void {
    const { state, out, pipeline, own } = this.#parts
    pipeline.opens('bound')
    const { error } = refusal
    const statement = state.journal.refusal(text, refusal)
    const none: Portal = { ...portalOf(portal, text, pipeline.number), state: 'ended' }
    state.push({ kind: 'bind', portal: none, name: own.refused, statement, refused: error })
    out.put(bindOf(own.refused))
  }

  /** The witness goes directly before the Execute, also of a portal that goes on. @param confirmed it has come already */
  #confirm(rests: Rests, statement: Statement, confirmed: boolean): void {
    const { state, out, pipeline } = this.#parts
    const asked = confirmed ? undefined : confirming(state, premisesOf(rests))
    if (asked) {
      const sent = state.witness.send(out, asked, pipeline.number)
      state.push({ kind: 'witness', statement, left: sent.answers, sent })
    }
    state.witness.sent(rests.statements)
  }

  #room(name: string, text: string): Refusal | undefined {
    if (name === '') return undefined
    const error = this.#parts.state.names.refusal(bytesOf(name, text), 1)
    return error && { kind: 'refused', error }
  }

  #prepared({ name, text, types }: Parse, admission: Admission | undefined, state: 'requested' | 'ended') {
    const meaning: PreparedStatement = {
      ...{ of: 'statement', name, bySql: false, text, state },
      types: types.length > 0 ? Buffer.from(types) : undefined,
      facts: admission?.statements[0],
      approved: [],
      pipeline: this.#parts.pipeline.number,
      bytes: bytesOf(name, text),
    }
    return meaning
  }
}
