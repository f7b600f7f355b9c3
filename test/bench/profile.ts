import { Inspector, type CpuProfile } from './inspector.js'
import { isMissing, type Stage } from './stage.js'
import { table } from './report.js'

export interface Place {
  readonly name: string
  /** File below the repository, `node:net`, or empty for V8's own. */
  readonly file: string
  readonly line: number
  /** Part of the time in which the process was not idle. */
  readonly share: number
}

export interface Profile {
  readonly process: string
  /** Part of the wall-clock time in which the process was not idle. */
  readonly busy: number
  readonly places: readonly Place[]
}

const shown = 30

const fileOf = (url: string): string => url.replace(/^.*\/dist\//, '').replace(/^.*\/node_modules\//, '')

type Frame = CpuProfile['nodes'][number]['callFrame']

/** A function of Node's own in C++ says little without its caller: `writeBuffer` is a socket's write and a file's. */
const nameOf = ({ functionName, url }: Frame, caller: Frame | undefined): string => {
  const name = functionName || '(anonymous)'
  return url === '' && !name.startsWith('(') && caller ? `${name} ← ${caller.functionName}` : name
}

/** Self time by function: what runs, not what calls it. */
export const selfTimes = (process: string, { nodes, samples, timeDeltas }: CpuProfile): Profile => {
  const callers = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.callFrame] as const)),
  )
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const spent = new Map<string, { name: string; file: string; line: number; time: number }>()
  let [idle, total] = [0, 0]
  for (const [i, id] of samples.entries()) {
    const frame = frames.get(id)!
    const time = timeDeltas[i]!
    total += time
    if (frame.functionName === '(idle)') idle += time
    const [name, file, line] = [nameOf(frame, callers.get(id)), fileOf(frame.url), frame.lineNumber + 1]
    const key = `${name} ${file} ${line}`
    const place = spent.get(key) ?? { name, file, line, time: 0 }
    place.time += time
    spent.set(key, place)
  }
  const places = [...spent.values()]
    .filter(({ name }) => name !== '(idle)')
    .map(({ time, ...place }) => ({ ...place, share: time / (total - idle) }))
    .toSorted((a, b) => b.share - a.share)
  return { process, busy: (total - idle) / total, places }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

/** The same by folder of ours, or by library. */
const byFolder = (places: readonly Place[]): readonly (readonly [string, number])[] => {
  const folders = new Map<string, number>()
  for (const { name, file, share } of places) {
    const folder = file === '' ? name : file.startsWith('node:') ? file : file.split('/').slice(0, 2).join('/')
    folders.set(folder, (folders.get(folder) ?? 0) + share)
  }
  return [...folders].toSorted(([, a], [, b]) => b - a).slice(0, 12)
}

export const renderProfile = ({ process, busy, places }: Profile): string =>
  [
    `${process}: busy ${percent(busy)} of the time; of that, by function`,
    table(
      places.slice(0, shown).map(({ name, file, line, share }) => [percent(share), name, file && `${file}:${line}`]),
    ),
    'by folder',
    table(byFolder(places).map(([folder, share]) => [percent(share), folder])),
  ].join('\n')

/** Where gateway and agent spend their time while eight clients read by primary key. */
export const profile = async ({ hoop, pgbench, options }: Stage): Promise<readonly Profile[]> => {
  if (isMissing(hoop) || hoop.inspectors === undefined) throw new Error('there is no gateway to look into')
  const seconds = options.quick ? 4 : 10
  const load = { mode: 'prepared', clients: 8 } as const
  await pgbench.select(hoop.plain, { ...load, seconds: 2 })
  const work = pgbench.select(hoop.plain, { ...load, seconds })
  return await Promise.all(
    Object.entries(hoop.inspectors).map(async ([process, address]) => {
      using inspector = await Inspector.open(address)
      return selfTimes(process, await inspector.profile(work))
    }),
  )
}
