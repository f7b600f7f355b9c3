#!/usr/bin/env node
// A reader that went away (`hoop … | head -1`) is not an error; this must stand before oclif writes anything.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  const { handOver } = await import('./old-node.js')
  process.exitCode = await handOver()
} else {
  const { enableCompileCache } = await import('node:module')
  enableCompileCache?.()
  const { main } = await import('../dist/src/cli/main.js')
  await main(import.meta.url)
}
