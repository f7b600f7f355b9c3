import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { catalogue } from '../../src/lib/errors.js'
import { type Fault, type Outcome, people, type Who } from './fault.js'
import type { Session } from './session.js'
import type { World } from './world.js'

/** Milliseconds that are waited for what has to come, on a machine that is busy with something else. */
const patience = 60_000

const until = async (what: string, happened: () => boolean): Promise<void> => {
  const end = performance.now() + patience
  while (!happened()) {
    if (performance.now() > end) throw new Error(`waited for nothing: ${what}`)
    await sleep(10)
  }
}

/** Resolves when each of them has got three more answers; who has asked once asks again. */
const goOn = async (sessions: readonly Session[], when: string): Promise<void> => {
  await Promise.all(
    sessions.map(async (session) => {
      const before = session.rounds
      const more = session.who === 'idle' ? 1 : 3
      if (session.who === 'idle') await session.ask()
      await until(`${session.who} goes on ${when} (${session.heard})`, () => session.rounds >= before + more)
    }),
  )
}

const listed = (allowed: string | readonly string[]): readonly string[] => [allowed].flat()

const comeBack = async (world: World): Promise<number> => {
  const mended = performance.now()
  const said = new Set<string>()
  while (performance.now() < mended + patience) {
    const heard = await world.newcomer()
    if (heard === 'let in') return performance.now() - mended
    said.add(heard)
    await sleep(50)
  }
  throw new Error(`nobody is let in: ${[...said].join('; ')}`)
}

/** Clients are told neither where something lies on the gateway's machine, nor passwords, nor what its system says. */
/** What a policy masks isn't told either. */
const leaks = (world: World): readonly (string | RegExp)[] => [
  ...[world.gateway.folder, world.kept.path, world.recordings, world.store, '.hooprec', 'somebody@example.com'],
  ...[encodeURIComponent(world.postgres.password), world.postgres.password],
  ...['first', 'second'].map((name) => readFileSync(world.kept.file(`${name}.password`), 'utf8')),
  /\bE(NOSPC|ROFS|ACCES|MFILE|NOENT|IO)\b|no space left|disk is full|disk image|SQLITE/i,
]

const whileRunning = async (world: World, fault: Fault) => {
  const sessions = Object.values(world.sessions)
  await goOn(
    sessions.filter(({ who }) => who !== 'idle'),
    'before',
  )
  const since = performance.now()
  await fault.inject(world)
  const hurt = sessions.filter(({ who }) => listed(fault.hurt[who] ?? 'nothing').every((heard) => heard !== 'nothing'))
  for (const session of hurt)
    await until(
      `${session.who} is hurt`,
      () => session.heard !== undefined && (session.heard.startsWith('ERROR') || session.over),
    )
  const unhurt = sessions.filter(({ who }) => fault.hurt[who] === undefined)
  await goOn(
    unhurt.filter(({ who }) => who !== 'idle' && fault.waits?.includes(who) !== true),
    'while it lasts',
  )
  const newcomer = fault.newcomer === undefined ? '' : await (fault.comes?.(world) ?? world.newcomer())
  if (fault.newcomer !== undefined) expect.soft(listed(fault.newcomer), 'somebody new').toContain(newcomer)
  if (fault.exit !== undefined) {
    expect((await world.gateway.server.ended).status).toBe(fault.exit)
    await world.gateway.restart()
  }
  await fault.mend?.(world)
  const cameBack = await comeBack(world)
  await goOn(
    sessions.filter(({ over, who }) => !over && fault.hurt[who] !== 'ERROR'),
    'afterwards',
  )
  const heard: Partial<Record<Who, string>> = {}
  for (const { who, heard: said } of sessions) if (said !== undefined) heard[who] = said
  const longestWait = Math.max(0, ...unhurt.filter(({ who }) => who !== 'idle').map((one) => one.longestWait(since)))
  return { open: sessions.length, hurt: heard, longestWait, cameBack, newcomer }
}

/** A gateway that is started while the fault lasts: it says what is wrong and ends, or lets in who can be let in. */
const whileStopped = async (world: World, fault: Fault, stopped: NonNullable<Fault['stopped']>) => {
  await world.stop()
  await world.gateway.end()
  await fault.inject(world)
  const none = { open: 0, hurt: {}, longestWait: 0 }
  if (stopped === 'starts') {
    await world.gateway.restart()
    const newcomer = await world.newcomer()
    expect.soft(listed(fault.newcomer ?? 'let in')).toContain(newcomer)
    await fault.mend?.(world)
    return { ...none, cameBack: await comeBack(world), newcomer }
  }
  const { status, code } = stopped
  const refused = await world.gateway.startInVain()
  const said = refused.stderr.includes(catalogue[code].message)
  expect.soft({ status: refused.status, said }, refused.stderr).toEqual({ status, said: true })
  await fault.mend?.(world)
  await world.gateway.restart()
  return { ...none, cameBack: await comeBack(world), newcomer: `${status} ${code}` }
}

const check = (world: World, fault: Fault, hurt: Outcome['hurt']) => {
  for (const who of Object.keys(people) as Who[])
    expect
      .soft(listed(fault.hurt[who] ?? 'nothing'), `what ${who} heard: ${world.sessions[who].words}`)
      .toContain(hurt[who] ?? 'nothing')
  for (const secret of leaks(world))
    if (typeof secret === 'string') expect.soft(world.words()).not.toContain(secret)
    else expect.soft(world.words()).not.toMatch(secret)
}

/** Makes one fault, mends it, and holds what became of everybody against what it says. */
export const run = async (world: World, fault: Fault): Promise<Outcome> => {
  let mended = false
  const mend = async () => {
    if (!mended) await fault.mend?.(world)
    mended = true
  }
  await using mending = new AsyncDisposableStack()
  mending.defer(mend)
  const once = { ...fault, mend }
  const outcome = await (fault.stopped ? whileStopped(world, once, fault.stopped) : whileRunning(world, once))
  check(world, fault, outcome.hurt)
  await world.evidence()
  await world.refresh()
  return { fault, ...outcome }
}

/** After the last of its faults: the gateway ends in order, and every recording is whole. */
export const end = async (world: World): Promise<void> => {
  await world.stop()
  expect((await world.gateway.end()).status, world.gateway.server.stderr).toBe(0)
  await world.whole()
}
