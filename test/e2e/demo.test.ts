import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startHoop } from '../helpers/command/hoop.js'
import { whole } from '../helpers/suite/whole.js'
import { tempFolder } from '../helpers/temp.js'

const minute = 60_000

const titles = [
  'A contractor logs in',
  'What may I use?',
  'Nearest-neighbor search',
  'The same from a program',
  'A masked read',
  'A masked embedding',
  'What the policy refuses',
  'Nothing was lost',
  'An investigator logs in',
  'Who read the cards?',
]

// Node's own cache of compiled code goes with TMPDIR, is worth seconds, and is no trace of the demo's.
const compileCache = join(tmpdir(), 'node-compile-cache')

/** Processes whose command line or environment mentions a folder. */
const processesOf = (folder: string) =>
  spawnSync('ps', ['axeww', '-o', 'pid,command'], { encoding: 'utf8', maxBuffer: 2 ** 26 })
    .stdout.split('\n')
    .filter((line) => line.includes(folder))

/** Runs the demo with a folder for temporary files of its own. */
const startDemo = async () => {
  const folder = await tempFolder('hoop-demo-test-')
  const demo = startHoop(['demo'], {
    home: folder.path,
    env: { TMPDIR: folder.path, NODE_COMPILE_CACHE: compileCache },
  })
  demo.process.stdin.end()
  return { folder, demo }
}

test(
  'without a terminal the demo shows every step, each as promised, and leaves nothing behind',
  { timeout: 5 * minute },
  async () => {
    const { folder, demo } = await startDemo()
    await using _folder = folder
    await using _demo = demo
    const { status, stdout, stderr } = await demo.ended
    expect(stderr).toBe('')
    for (const [index, title] of titles.entries()) expect(stdout).toContain(`${index + 1}. ${title}\n`)
    expect(status).toBe(0)
    expect(processesOf(folder.path)).toEqual([])
    expect(readdirSync(folder.path)).toEqual([])
  },
)

test.for(whole ? (['SIGINT', 'SIGKILL'] as const) : (['SIGKILL'] as const))(
  'ended by %s in the middle, the demo leaves no process and no folder',
  { timeout: 5 * minute },
  async (signal) => {
    const { folder, demo } = await startDemo()
    await using _folder = folder
    await using _demo = demo
    await demo.until(/^1\. /m, 3 * minute)
    demo.process.kill(signal)
    const { status } = await demo.ended
    expect(status).toBe({ SIGINT: 130, SIGKILL: 137 }[signal])
    // After SIGKILL nobody is left to wait for the keeper.
    for (let tries = 0; tries < 100 && processesOf(folder.path).length > 0; tries++) await setTimeout(100)
    expect(processesOf(folder.path)).toEqual([])
    expect(readdirSync(folder.path)).toEqual([])
  },
)
