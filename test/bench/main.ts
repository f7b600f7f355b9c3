/** `npm run bench -- --help`: compiles the benchmarks beside the product, in the same way, and runs them. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)
const compiler = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
})
if (compiler.status === 0) {
  const compiled = new URL('dist/test/bench/bench.js', root)
  const { bench } = (await import(compiled.href)) as typeof import('./bench.js')
  // Libraries that hook the end of the process would set a status of their own.
  process.exit(await bench(fileURLToPath(root), process.argv.slice(2)))
}
process.exitCode = compiler.status ?? 1
