import { spawnSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { contentsPath, encodeLine } from '../../../src/ledger/log/contents.js'
import { sealLeaf } from '../../../src/ledger/leaves.js'
import { works } from '../../e2e/drivers/programs.js'
import { tempFolder } from '../../helpers/temp.js'
import { heartbeat } from './sample.js'

/** Opens files until the system has no more for it, lets them go a moment later, and reads a log meanwhile. */
const reader = (module: string, folder: string, pause: number) => `
  import { openSync, closeSync } from 'node:fs'
  const { readContents, contentsOf } = await import(${JSON.stringify(module)})
  const held = []
  try { for (;;) held.push(openSync('/dev/null')) } catch (error) { if (error.code !== 'EMFILE') throw error }
  setTimeout(() => held.forEach((each) => closeSync(each)), ${pause})
  let leaves = 0
  for await (const _ of readContents(${JSON.stringify(folder)})) leaves++
  console.log(leaves, (await contentsOf(${JSON.stringify(folder)}, 0n)).records.size)
`

test.skipIf(!works('sh', '-c', 'ulimit -n 64'))(
  'a log is read to its end though the process has no file left to open at first',
  async () => {
    await using folder = await tempFolder()
    const path = contentsPath(folder.path, 0n)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, Array.from({ length: 3 }, (_, n) => encodeLine(BigInt(n), sealLeaf(heartbeat(n)))).join(''))
    const module = new URL('../../../dist/src/ledger/log/contents.js', import.meta.url).href
    const script = reader(module, folder.path, 120)
    const ran = spawnSync('sh', ['-c', 'ulimit -n 64; exec "$0" --input-type=module -e "$1"', process.execPath, script])
    expect(ran.stderr.toString()).toBe('')
    expect(ran.stdout.toString()).toBe('3 3\n')
  },
)
