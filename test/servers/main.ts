import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compile } from './compile.ts'
import { isBuilt, serverFolder, stampFile } from './folder.ts'
import { NotHere } from './run.ts'
import { fetchSources, installTools } from './sources.ts'

/** `npm run servers`: builds the second server, once. Exits 75 where this machine can't, and says what is missing. */
const main = async (): Promise<void> => {
  if (isBuilt()) {
    console.log(`the second server is there: ${serverFolder} ${await readFile(stampFile, 'utf8')}`)
    return
  }
  await mkdir(dirname(serverFolder), { recursive: true })
  const folder = await mkdtemp(`${serverFolder}.build-`)
  const log = join(dirname(serverFolder), 'build.log')
  await rm(log, { force: true })
  const started = Date.now()
  const say = (text: string) => console.log(`${Math.round((Date.now() - started) / 1000)} s: ${text}`)
  try {
    say('fetching Debian’s source packages')
    const versions = await fetchSources(folder, log)
    await installTools(folder, log)
    say(
      `compiling ${Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(' and ')}, some five minutes`,
    )
    // Compiled for its last place, put there when whole: who stops this half-way leaves nothing that looks built.
    await rm(serverFolder, { recursive: true, force: true })
    await compile(folder, serverFolder, log)
    await writeFile(`${stampFile}.new`, `${JSON.stringify(versions)}\n`)
    await rename(`${stampFile}.new`, stampFile)
    say(`built ${serverFolder}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

try {
  await main()
} catch (error) {
  console.error(`The second server was not built: ${(error as Error).message}`)
  process.exitCode = error instanceof NotHere ? 75 : 1
}
