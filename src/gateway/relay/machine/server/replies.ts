import { HoopError } from '../../../../lib/errors.js'
import { readCopyResponse, readTag } from '../../../../wire/backend.js'
import { nameKey } from '../../../../wire/frontend.js'
import { Backend } from '../../../../wire/tags.js'
import { bound } from './binding.js'
import { checked, isChecking } from './checked.js'
import { beginCopyIn } from './copy-in.js'
import { Descriptions } from './columns/descriptions.js'
import { expect, type Request } from '../requests.js'
import type { Results } from './results.js'
import type { State } from '../state.js'
import { withhold } from './withholding.js'

/** Whether the client has had a ParseComplete before, when all of this was sent once already. */
const hadParse = ({ had }: State): boolean => had !== undefined && had.parses-- > 0

/** Whether the client has had a BindComplete before, when all of this was sent once already. */
const hadBind = ({ had }: State): boolean => had !== undefined && had.binds-- > 0

/** Answers to requests, errors and rows aside: each is the one that its request gets, or the protocol has come apart. */
export class Replies {
  readonly #state: State
  readonly #results: Results
  readonly #descriptions = new Descriptions()

  constructor(state: State, results: Results) {
    this.#state = state
    this.#results = results
  }

  /** @returns whether the message is for the client. @throws {HoopError} PROTOCOL_DESYNC */
  reply(tag: number, buffer: Buffer, start: number, end: number): boolean {
    const { queue, names } = this.#state
    const head = this.#state.head()
    if (isChecking(head)) {
      checked(head, tag)
      return false
    }
    if (head?.kind === 'query' && head.played && !head.played.answer(tag)) return false
    switch (tag) {
      case Backend.ParseComplete: {
        const { meaning, own } = expect(head, 'parse')
        names.confirm(meaning)
        queue.shift()
        if (!own) this.#state.batch.answered(meaning.name === '' ? 'unnamed' : 'other')
        return !own && !(meaning.name === '' && hadParse(this.#state))
      }
      case Backend.BindComplete:
        bound(names, expect(head, 'bind'))
        queue.shift()
        this.#state.batch.answered('bind')
        return !hadBind(this.#state)
      case Backend.CloseComplete: {
        const { of, name } = expect(head, 'close')
        if (of === 'S') names.statements.end(nameKey(name))
        else names.portals.end(nameKey(name))
        queue.shift()
        this.#state.batch.answered('other')
        return true
      }
      case Backend.ParameterDescription:
        return !expect(head, 'describe').own
      case Backend.NoData: {
        const { own, of } = expect(head, 'describe')
        queue.shift()
        return !own && !this.#hadDescription(of, buffer.subarray(start, end))
      }
      case Backend.RowDescription:
        return this.#described(head, buffer, start, end)
      case Backend.CommandComplete:
        this.#results.complete(head, readTag(buffer, start, end))
        return true
      case Backend.EmptyQuery:
        this.#results.complete(head, 'empty')
        return true
      case Backend.PortalSuspended:
        this.#results.complete(expect(head, 'execute'), 'suspended')
        return true
      case Backend.FunctionCallResponse:
        return this.#results.called(expect(head, 'function'), end - start)
      case Backend.CopyIn:
        // Nobody would send the data that the server now waits for.
        if (this.#results.withheld) throw new HoopError('PROTOCOL_DESYNC', 'COPY FROM STDIN behind a withheld result')
        if (head?.kind !== 'query') expect(head, 'execute')
        beginCopyIn(this.#state)
        return true
      case Backend.CopyOut:
        return this.#results.copyOut(head, readCopyResponse(buffer, start, end))
      case Backend.CopyDone:
        return this.#results.copyDone()
      default:
        throw new HoopError('PROTOCOL_DESYNC', `unexpected message ${String.fromCharCode(tag)} (${tag})`)
    }
  }

  /** Whether the client has had the description of a portal before, when all of this was sent once already. */
  #hadDescription(of: 'S' | 'P', message: Buffer): boolean {
    const state = this.#state
    const before = of === 'P' ? state.had?.described.shift() : undefined
    if (!before) {
      state.batch.answered('other', of === 'P' ? message : undefined)
      return false
    }
    // It has been told of other columns than it would get.
    if (!before.equals(message)) withhold(state, 'withheld', new HoopError('CATALOG_CHANGED', 'its columns'))
    return true
  }

  #described(head: Request | undefined, buffer: Buffer, start: number, end: number): boolean {
    const results = this.#results
    // Charged while the request is at the head: by then it may be no more.
    const paid = head?.kind !== 'describe' || head.own || results.pays(0, end - start)
    const wanted =
      results.description(head, this.#descriptions.read(buffer, start, end), end - start) &&
      !(head?.kind === 'describe' && !head.own && this.#hadDescription(head.of, buffer.subarray(start, end)))
    if (!wanted || paid) return wanted
    results.undescribed()
    return false
  }
}
