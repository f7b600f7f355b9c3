import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

/** Runs this command again on the Node 24 that came with the package, or says what is missing. Plain syntax: old Nodes read it. */
export async function handOver() {
  const run = fileURLToPath(new URL('run.js', import.meta.url))
  const own = ['../node_modules/node/bin/node', '../../node/bin/node']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path))
  if (!own || process.env.HOOP_HANDED_OVER) {
    console.error(
      `hoop needs Node 24.15 or newer; this is ${process.version}. Install a newer Node, or run it through npx.`,
    )
    return 78
  }
  const child = spawn(own, [run, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, HOOP_HANDED_OVER: '1' },
  })
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.on('SIGINT', () => undefined) // the terminal sends it to both; the child answers
  return await new Promise((resolve) =>
    child.on('exit', (status, signal) => resolve(status ?? 128 + (signal ? constants.signals[signal] : 1))),
  )
}
