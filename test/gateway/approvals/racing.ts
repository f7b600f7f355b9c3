import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { HoopError } from '../../../src/lib/errors.js'
import { errorsIn, rowsIn, send, states, type Message, type WireClient } from '../relay/wire-client.js'
import type { Races } from './races.js'
import { login, type Stage } from './stage.js'

/** Something that a client sends and that is answered up to one ReadyForQuery. */
interface Piece {
  readonly frames: readonly Buffer[]
  /** Ids that it writes, all of them or none. */
  readonly ids: readonly number[]
  /** The row that it reads. */
  readonly row?: string
}

const extended = (text: string, values: readonly string[] = []): Buffer[] => [
  ...[send.parse(text), send.bind(values), send.describe(), send.execute()],
]

const select = (races: Races): Piece => {
  const row = String(races.id())
  return { frames: [send.query(`select ${row}`)], ids: [], row }
}

/** Statements as clients send them: most need an approval, which may come within so many milliseconds. */
const pieces: readonly ((races: Races) => Piece)[] = [
  select,
  (races) => {
    const id = races.id()
    return { frames: [send.query(`insert into effects values (${id}) -- hold ${races.life()}`)], ids: [id] }
  },
  (races) => {
    const id = races.id()
    const text = `insert into effects values ($1) -- hold ${races.life()}`
    return { frames: [...extended(text, [String(id)]), send.sync()], ids: [id] }
  },
  // Behind a statement that no Sync has ended it is refused, and may be run again: then all of it counts, or nothing.
  (races) => {
    const [before, held] = [races.id(), races.again()]
    const text = 'insert into effects values ($1) -- hold 60000'
    const frames = [
      ...extended(`insert into effects values (${before})`),
      ...extended(text, [String(held)]),
      send.sync(),
    ]
    return { frames, ids: [before, held] }
  },
  (races) => {
    const id = races.id()
    const frames = ['begin', `insert into effects values (${id}) -- hold 60000`, 'commit'].map(send.query)
    return { frames: [Buffer.concat(frames)], ids: [id] }
  },
]

/** ReadyForQuery that a piece brings. */
const answers = ({ frames }: Piece): number => (frames.length === 1 && frames[0]!.includes('commit') ? 3 : 1)

const judge = (races: Races, piece: Piece, messages: readonly Message[], canceled: boolean): void => {
  const errors = errorsIn(messages)
  const states_ = states(messages)
  expect(states_.at(-1), 'no transaction is left open').toBe('I')
  for (const { C } of errors) expect(['42501', '57014']).toContain(C)
  if (piece.row === undefined) return races.saw(piece.ids, errors.length === 0 ? 'ran' : 'failed')
  if (errors.length > 0)
    expect([canceled, errors[0]!.C], 'an allowed statement fails by a cancel only').toEqual([true, '57014'])
  else expect(rowsIn(messages)).toEqual([[piece.row]])
}

/** Milliseconds for one answer: what takes longer is lost. Requests live for far less. */
const patience = 60_000

const collect = async (client: WireClient, count: number): Promise<Message[]> => {
  const lost = AbortSignal.timeout(patience)
  const found = await Promise.race([
    client.until(count),
    once(lost, 'abort').then(() => {
      throw new Error(`no answer in ${patience} ms`)
    }),
  ])
  return found.filter(({ type }) => type !== 'N')
}

/** One client, until the rounds are over: it sends, cancels, leaves, and looks that each answer is to what it asked. */
export const race = async (stage: Stage, races: Races): Promise<void> => {
  let session: Awaited<ReturnType<typeof login>> | undefined
  while (races.next()) {
    session ??= await login(stage)
    const { client, cancel } = session
    const sent = Array.from({ length: races.below(3) + 1 }, () => pieces[races.below(pieces.length)]!(races))
    client.write(...sent.flatMap(({ frames }) => frames))
    if (races.chance(0.04)) {
      await sleep(races.below(12))
      client.socket.destroy()
      for (const { ids } of sent) races.saw(ids, 'unknown')
      session = undefined
      continue
    }
    const canceled = races.chance(0.3)
    const canceling = canceled ? sleep(races.below(12)).then(cancel) : undefined
    for (const piece of sent) judge(races, piece, await collect(client, answers(piece)), canceled)
    await canceling
    const last = select(races)
    client.write(...last.frames)
    judge(races, last, await collect(client, 1), false)
    expect(client.messages, 'nothing is left over').toEqual([])
  }
  await session?.client.end()
}

/** Approves, denies, or does nothing, each at once or a little later, some of them twice. */
export const decideAtRandom = async (stage: Stage, races: Races, signal: AbortSignal): Promise<void> => {
  const met = new Set<string>()
  const late = (error: unknown): void => {
    if (!(error instanceof HoopError && error.code === 'APPROVAL_SETTLED')) races.failed(error)
  }
  while (!signal.aborted) {
    const { version } = stage.approvals.news
    for (const { id } of await stage.approvals.records.list({ states: ['open'] }, 100)) {
      if (met.has(id)) continue
      met.add(id)
      if (races.chance(0.15)) continue
      const approves = races.chance(0.7)
      const times = races.chance(0.1) ? 2 : 1
      for (let i = 0; i < times; i++)
        void sleep(races.below(10))
          .then(() => (approves ? stage.approve(id) : stage.deny(id)))
          .catch(late)
    }
    await stage.approvals.sweep()
    await stage.approvals.news.after(version, 5, signal)
  }
}
