/**
 * `npm run check`: all scripts `check:*` of package.json, side by side, as many as there are cores. What each has to say is
 * printed in one piece where it fails. `npm run check -- lint types` runs some. Exits 1 where any failed, after all ran.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** Both compile src and commands, if nobody has: the second finds that done. */
const premises: Readonly<Record<string, string>> = { manifest: 'types' }

const environment = {
  // Colours go where they'd have gone without us in between.
  ...(process.stdout.isTTY && !process.env['NO_COLOR'] ? { FORCE_COLOR: '1' } : {}),
  ...process.env,
  PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter),
}

const run = async (command: string): Promise<{ passed: boolean; text: string }> => {
  const child = spawn(command, { shell: true, cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  }
  const [status] = (await once(child, 'close')) as [number | null]
  return { passed: status === 0, text }
}

const known = Object.keys(scripts)
  .filter((name) => name.startsWith('check:'))
  .map((name) => name.slice('check:'.length))
const asked = process.argv.slice(2)
const strange = asked.filter((name) => !known.includes(name))
if (strange.length > 0) {
  console.error(`There is no check ${strange.join(', ')}. There are: ${known.join(', ')}.`)
  process.exit(2)
}

// package.json has the longest first: it decides when the whole is done.
const waiting = known.filter((name) => asked.length === 0 || asked.includes(name))
const running = new Map<string, Promise<void>>()
const failed: string[] = []

const check = async (name: string): Promise<void> => {
  const started = Date.now()
  const { passed, text } = await run(scripts[`check:${name}`]!)
  if (!passed) failed.push(name)
  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(`${passed ? '✔' : '✘'} ${name} (${seconds} s)${passed ? '' : `\n${text.trimEnd()}\n`}`)
  running.delete(name)
}

const started = Date.now()
while (waiting.length > 0 || running.size > 0) {
  const ready = (name: string) => ![...waiting, ...running.keys()].includes(premises[name] ?? '')
  const index = running.size < Math.max(2, availableParallelism()) ? waiting.findIndex(ready) : -1
  const [name] = index < 0 ? [] : waiting.splice(index, 1)
  if (name === undefined) await Promise.race(running.values())
  else running.set(name, check(name))
}
const total = ((Date.now() - started) / 1000).toFixed(1)
console.log(failed.length === 0 ? `All checks passed in ${total} s.` : `Failed in ${total} s: ${failed.join(', ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1
