import { frame, readExecute, readParse, readQuery, readBind, readTarget } from '../../../../src/wire/frontend.js'
import { errorResponse } from '../../../../src/wire/error-fields.js'
import { Cutter, MemoryBudget } from '../../../../src/wire/cutter.js'
import { Backend, Frontend } from '../../../../src/wire/tags.js'

interface ModelPortal {
  readonly text: string
  left: number
}

/** What the model runs; anything else is a syntax error. `N` and `NAME` stand for what follows. */
const rows = /^(?:rows|hold) (\d+)$/
const named = /^(prepare|execute|deallocate) (\w+)$/
const plain = new Set(['begin', 'commit', 'rollback', 'fail', 'copy'])

class Raised extends Error {
  readonly sqlstate: string

  constructor(sqlstate: string) {
    super(sqlstate)
    this.sqlstate = sqlstate
  }
}

/**
 * A model of a PostgreSQL server's side of the protocol, for statements of a toy language: pipelines, skipping to Sync,
 * transactions, names, portals with row limits, COPY FROM STDIN by a simple query.
 * @see PostgreSQL documentation, "Message Flow"
 */
export class ServerModel {
  readonly #out: Buffer[] = []
  readonly #statements = new Map<string, string>()
  readonly #portals = new Map<string, ModelPortal>()
  #transaction: 'I' | 'T' | 'E' = 'I'
  #skipping = false
  #copying = false
  readonly #cutter = new Cutter(
    {
      whole: () => true,
      piece: () => undefined,
      frame: (tag, buffer, start, end) => this.#frame(tag, buffer, start, end),
    },
    new MemoryBudget(1 << 30),
  )

  feed(chunk: Buffer): void {
    this.#cutter.feed(chunk)
  }

  /** What the server has said since. */
  take(): Buffer {
    return Buffer.concat(this.#out.splice(0))
  }

  #frame(tag: number, buffer: Buffer, start: number, end: number): void {
    if (this.#copying) return this.#copy(tag)
    if (this.#skipping && tag !== Frontend.Sync) return
    try {
      if (tag === Frontend.Query) return this.#query(readQuery(buffer, start, end))
      this.#extended(tag, buffer, start, end)
    } catch (error) {
      if (!(error instanceof Raised)) throw error
      this.#error(error.sqlstate)
      this.#skipping = true
    }
  }

  #extended(tag: number, buffer: Buffer, start: number, end: number): void {
    switch (tag) {
      case Frontend.Parse: {
        const { name, text } = readParse(buffer, start, end)
        if (name === '') this.#statements.delete('')
        this.#known(text)
        this.#alive(text)
        if (this.#statements.has(name)) throw new Raised('42P05')
        this.#statements.set(name, text)
        return this.#say(Backend.ParseComplete)
      }
      case Frontend.Bind: {
        const { portal, statement } = readBind(buffer, start, end)
        const text = this.#statements.get(statement)
        if (text === undefined) throw new Raised('26000')
        this.#alive(text)
        if (portal !== '' && this.#portals.has(portal)) throw new Raised('42P03')
        this.#portals.set(portal, { text, left: this.#rowsOf(text) })
        return this.#say(Backend.BindComplete)
      }
      case Frontend.Describe: {
        const { of, name } = readTarget(buffer, start, end)
        const text = of === 'S' ? this.#statements.get(name) : this.#portals.get(name)?.text
        if (text === undefined) throw new Raised(of === 'S' ? '26000' : '34000')
        this.#alive(text)
        if (of === 'S') this.#say(Backend.ParameterDescription, Buffer.alloc(2))
        return this.#describe(text)
      }
      case Frontend.Execute: {
        const { portal } = readExecute(buffer, start, end)
        return this.#execute(portal, buffer.readInt32BE(end - 4))
      }
      case Frontend.Close: {
        const { of, name } = readTarget(buffer, start, end)
        if (of === 'S') this.#statements.delete(name)
        else this.#portals.delete(name)
        return this.#say(Backend.CloseComplete)
      }
      case Frontend.Sync:
        this.#skipping = false
        return this.#ready()
    }
  }

  #query(text: string): void {
    this.#statements.delete('')
    try {
      this.#known(text)
      this.#alive(text)
      if (text === 'copy') {
        this.#copying = true
        return this.#say(Backend.CopyIn, Buffer.alloc(3))
      }
      if (this.#rowsOf(text) > 0) this.#describe(text)
      this.#portals.set('', { text, left: this.#rowsOf(text) })
      this.#execute('', 0)
    } catch (error) {
      if (!(error instanceof Raised)) throw error
      this.#error(error.sqlstate)
    }
    this.#portals.delete('')
    this.#ready()
  }

  #copy(tag: number): void {
    if (tag !== Frontend.CopyDone && tag !== Frontend.CopyFail) return
    this.#copying = false
    if (tag === Frontend.CopyDone) this.#say(Backend.CommandComplete, 'COPY 1')
    else this.#error('57014')
    this.#ready()
  }

  #execute(name: string, most: number): void {
    const portal = this.#portals.get(name)
    if (!portal) throw new Raised('34000')
    const { text } = portal
    this.#alive(text)
    const [, verb, about] = named.exec(text) ?? []
    if (text === 'fail') throw new Raised('22012')
    if (text === 'begin' && this.#transaction === 'I') this.#transaction = 'T'
    if (text === 'commit' || text === 'rollback') {
      this.#transaction = 'I'
      this.#portals.clear()
    }
    if (verb === 'prepare') {
      if (this.#statements.has(about!)) throw new Raised('42P05')
      this.#statements.set(about!, 'rows 1')
    }
    if (verb === 'deallocate' && !this.#statements.delete(about!)) throw new Raised('26000')
    const count = most > 0 ? Math.min(most, portal.left) : portal.left
    for (let n = 0; n < count; n++) this.#say(Backend.DataRow, Buffer.from([0, 1, 0, 0, 0, 1, 0x31]))
    portal.left -= count
    if (most > 0 && count === most) return this.#say(Backend.PortalSuspended)
    this.#say(
      Backend.CommandComplete,
      rows.test(text) || verb === 'execute' ? `SELECT ${count}` : text.toUpperCase().split(' ')[0]!,
    )
  }

  #rowsOf(text: string): number {
    const [, verb, about] = named.exec(text) ?? []
    if (verb !== 'execute') return Number(rows.exec(text)?.[1] ?? 0)
    const meant = this.#statements.get(about!)
    if (meant === undefined) throw new Raised('26000')
    if (!rows.test(meant)) throw new Raised('0A000')
    return Number(rows.exec(meant)![1])
  }

  #known(text: string): void {
    if (text === 'block') throw new Raised('42501')
    if (!rows.test(text) && !named.test(text) && !plain.has(text)) throw new Raised('42601')
  }

  #alive(text: string): void {
    if (this.#transaction === 'E' && text !== 'commit' && text !== 'rollback') throw new Raised('25P02')
  }

  #describe(text: string): void {
    const one = Buffer.concat([Buffer.from([0, 1]), Buffer.from('n\0'), Buffer.alloc(18)])
    if (rows.test(text) || text.startsWith('execute')) this.#say(Backend.RowDescription, one)
    else this.#say(Backend.NoData)
  }

  #error(sqlstate: string): void {
    if (this.#transaction === 'T') this.#transaction = 'E'
    this.#out.push(errorResponse({ S: 'ERROR', V: 'ERROR', C: sqlstate, M: 'the model raises it' }))
  }

  #ready(): void {
    if (this.#transaction === 'I') this.#portals.clear()
    this.#say(Backend.ReadyForQuery, Buffer.from(this.#transaction))
  }

  #say(tag: number, body: Buffer | string = Buffer.alloc(0)): void {
    this.#out.push(frame(tag, body))
  }
}
