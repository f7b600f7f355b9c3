import { afterAll, describe, expect, test } from 'vitest'
import { share } from '../helpers/suite/whole.js'
import { readProbes, type Probe } from './data.js'
import { modes, type Mode } from './modes.js'
import { closeVectors, leavesNothing, openStage, tryProbe, type Stage } from './probe.js'

const modesOf = ({ only, steps }: Probe): readonly Mode[] =>
  modes.filter(({ name, fits }) => (only === undefined ? fits(steps.at(-1)?.sql ?? '') : name === only))

const tryIn = async (probe: Probe, mode: Mode, shared: Stage | undefined): Promise<boolean> => {
  await using own = shared ? undefined : await openStage(probe)
  return await tryProbe(probe, mode, shared ?? own!).catch((cause: unknown) => {
    throw new Error(`${mode.name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  })
}

afterAll(closeVectors)

describe.for(['leaks', 'rules', 'usability', 'honest'])('%s', (file) => {
  test.for(readProbes(file).map((probe) => [probe.id, probe] as const))(
    '%s',
    { timeout: 240_000 },
    async ([, probe]) => {
      await using shared = leavesNothing(probe) ? await openStage(probe) : undefined
      const used: string[] = []
      for (const mode of share(modesOf(probe), probe.id, 1)) if (await tryIn(probe, mode, shared)) used.push(mode.name)
      expect(used).not.toEqual([])
    },
  )
})
