import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorsIn } from '../gateway/relay/wire-client.js'
import { share, whole } from '../helpers/suite/whole.js'
import type { Attempt } from './corpus.js'
import { isRead, modes, outcomeOf, type Mode } from './modes.js'
import { readings, transcript } from './transcript.js'
import type { World } from './world.js'

let runs = 0

const numbered = (texts: readonly string[], number: number): string[] =>
  texts.map((text) => text.replaceAll('{n}', String(number)))

/** Runs an attempt in one mode on two databases that differ in masked values only. */
const both = async (worlds: readonly World[], { steps, parameters }: Attempt, mode: Mode) => {
  const number = runs++
  const [one, other] = await Promise.all(
    worlds.map((world) => world.run(mode, numbered(steps, number), numbered(parameters, number))),
  )
  return [one!, other!] as const
}

/** What of masked values has come out: by bytes that the client received, or by a difference between two databases. */
const seen = ([one, other]: Awaited<ReturnType<typeof both>>, worlds: readonly World[]): string | undefined => {
  for (const [index, messages] of [one, other].entries())
    for (const bytes of readings(messages)) {
      const found = worlds[index]!.canaries.find(bytes)
      if (found !== undefined) return `the client received “${found}”`
    }
  return undefined
}

/** The first line in which two texts differ. */
const difference = (one: string, other: string): string | undefined => {
  const [lines, others] = [one.split('\n'), other.split('\n')]
  const at = [...lines.keys()].find((index) => lines[index] !== others[index])
  return at === undefined && lines.length === others.length
    ? undefined
    : `${lines[at ?? 0]} | ${others[at ?? lines.length]}`
}

const differ = ([one, other]: Awaited<ReturnType<typeof both>>): string | undefined =>
  difference(transcript(one), transcript(other))

const textsOf = (worlds: readonly World[]): Promise<string[]> => Promise.all(worlds.map((world) => world.stored()))

/** What of masked values is stored in the clear: by values, or by the first line in which two databases differ. */
const storedIn = async (worlds: readonly World[]) => {
  const texts = await textsOf(worlds)
  return {
    found: texts.map((text, index) => worlds[index]!.canaries.find(text)).find((each) => each !== undefined),
    differ: difference(texts[0]!, texts[1]!),
  }
}

const nothingStored = async (worlds: readonly World[], mayDiffer: boolean): Promise<void> => {
  const stored = await storedIn(worlds)
  expect(stored.found, 'stored in the clear').toBeUndefined()
  if (!mayDiffer) expect(stored.differ, 'stored: the databases can be told apart').toBeUndefined()
}

/** Waits for all of them even where one fails: the next attempt uses the same sessions. */
const together = async (all: readonly Promise<void>[]): Promise<void> => {
  for (const each of await Promise.allSettled(all)) if (each.status === 'rejected') throw each.reason
}

const isTooNew = ({ flags }: Attempt, worlds: readonly World[]): boolean =>
  flags.has('newer') && worlds.some(({ version }) => version < 180_000)

const close = async (worlds: readonly World[]): Promise<void> => {
  await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()))
}

export interface Suite {
  readonly corpus: readonly Attempt[]
  /** Two databases that differ in masked values only, behind a gateway with the policy, or one that lets all through. */
  readonly open: (guarded: boolean) => Promise<World[]>
  /** Whether sessions can wait for each other: then only one runs at a time. */
  readonly oneByOne?: boolean
  /** Names of the modes to try; all of them where nothing is said. */
  readonly in?: readonly string[]
}

/** Tries every attempt behind the gateway, in every mode or a share of them, and once without, to see that it would show something. */
export const attempts = ({ corpus, open, oneByOne = false, in: some }: Suite): void => {
  let tries = 0
  const tried = modes.filter(({ name }) => some?.includes(name) ?? true)
  describe('behind the gateway', () => {
    let worlds: World[]
    let before: string[]
    beforeAll(async () => {
      worlds = await open(true)
      before = await Promise.all(worlds.map((world) => world.masked()))
      expect(await storedIn(worlds)).toMatchObject({ found: undefined, differ: undefined })
    }, 240_000)
    afterAll(() => close(worlds))
    afterAll(() => console.log(`${corpus.length} ways to get at masked values, tried ${tries} times`))

    test.for(corpus.map((attempt) => [attempt.title, attempt] as const))('%s', async ([, attempt], { skip }) => {
      skip(isTooNew(attempt, worlds), 'the server is older')
      const outcomes: Record<string, string> = {}
      const errors: string[] = []
      const tryIn = async (mode: Mode): Promise<void> => {
        tries++
        const answers = await both(worlds, attempt, mode)
        expect(seen(answers, worlds), mode.name).toBeUndefined()
        if (!attempt.flags.has('differs'))
          expect(differ(answers), `${mode.name}: the databases can be told apart`).toBeUndefined()
        outcomes[mode.name] = outcomeOf(answers[0])
        errors.push(...errorsIn(answers[0]).map(({ C, M }) => `${C} ${M}`))
      }
      const ways = tried.filter((mode) => mode.applies(attempt))
      const applicable = share(ways, attempt.title, 1)
      if (isRead(attempt) && !oneByOne) await together(applicable.map(tryIn))
      else for (const mode of applicable) await tryIn(mode)
      // What a read should have stored would be found after the next change, or at the end.
      if (whole || !isRead(attempt)) await nothingStored(worlds, attempt.flags.has('differs'))
      const others = Object.entries(outcomes).filter(([, outcome]) => outcome !== attempt.expected)
      expect(others, `expected to be ${attempt.expected}; ${[...new Set(errors)].join('; ')}`).toEqual([])
    })

    test('the attempts have left the masked values as they were, and none elsewhere', async () => {
      await nothingStored(worlds, false)
      expect(await Promise.all(worlds.map((world) => world.masked()))).toEqual(before)
    })

    test('no recording holds a masked value', async () => {
      const found: string[] = []
      for (const { server, canaries } of worlds) {
        for (const socket of server.sockets) socket.destroy()
        for (const index of server.sessions.keys())
          for (const event of await server.recording(index)) {
            // Without what the recorder itself measures: a time of day looks like a number now and then.
            const piece = canaries.find(
              JSON.stringify(event, (key, value: unknown) =>
                /^(at|time|duration|digest)$/.test(key) ? undefined : value,
              ),
            )
            if (piece !== undefined) found.push(`${piece} in ${JSON.stringify(event).slice(0, 500)}`)
          }
      }
      expect(found.slice(0, 9).join('\n')).toBe('')
    }, 240_000)
  })

  // What shows nothing without masks either would prove nothing with them. That changes with the corpus alone.
  describe.runIf(whole)('without masks', () => {
    let worlds: World[]
    beforeAll(async () => void (worlds = await open(false)), 240_000)
    afterAll(() => close(worlds))

    test.for(corpus.filter(({ flags }) => !flags.has('harmless')).map((attempt) => [attempt.title, attempt] as const))(
      '%s: leaks',
      async ([, attempt], { skip }) => {
        skip(isTooNew(attempt, worlds), 'the server is older')
        const answers = await both(worlds, attempt, modes[0]!)
        if (seen(answers, worlds) ?? differ(answers)) return
        const { found, differ: differs } = await storedIn(worlds)
        expect(found ?? differs, 'shows nothing even without masks').toBeTruthy()
      },
    )
  })
}
