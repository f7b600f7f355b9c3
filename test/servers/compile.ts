import { cp, mkdir, readdir } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { recipe } from './recipe.ts'
import { run } from './run.ts'

const unpacked = async (folder: string, start: string): Promise<string> => {
  const found = (await readdir(folder, { withFileTypes: true })).find(
    (entry) => entry.isDirectory() && entry.name.startsWith(start),
  )
  if (!found) throw new Error(`the sources of ${start} did not unpack`)
  return join(folder, found.name)
}

/** PostgreSQL's own tests, which aren't installed: the runner, its statements and answers, and libpq_pipeline. */
const keepTests = async (postgres: string, prefix: string): Promise<void> => {
  const regress = join(postgres, 'src', 'test', 'regress')
  const kept = join(prefix, 'regress')
  await mkdir(kept, { recursive: true })
  for (const name of ['sql', 'expected', 'data', 'parallel_schedule', 'resultmap', 'pg_regress', 'regress.so']) {
    await cp(join(regress, name), join(kept, name), { recursive: true })
  }
  const pipeline = join(postgres, 'src', 'test', 'modules', 'libpq_pipeline')
  await cp(join(pipeline, 'libpq_pipeline'), join(kept, 'libpq_pipeline'))
}

/** Compiles PostgreSQL with contrib, then pgvector for it, into `prefix`. */
export const compile = async (folder: string, prefix: string, log: string): Promise<void> => {
  const postgres = await unpacked(folder, 'postgresql-')
  const vector = await unpacked(folder, 'pgvector-')
  const jobs = `-j${availableParallelism()}`
  const flags = `CFLAGS=${recipe.cflags}`
  // Found beside the program, wherever the folder is copied to.
  const rpath = "LDFLAGS_EX=-Wl,-rpath,'$$ORIGIN/../lib'"
  await run(
    log,
    postgres,
    './configure',
    '--quiet',
    `--prefix=${prefix}`,
    '--disable-rpath',
    ...recipe.configure,
    flags,
  )
  for (const target of ['world-bin', 'install-world-bin']) await run(log, postgres, 'make', '-s', jobs, target, rpath)
  await run(log, join(postgres, 'src', 'test', 'modules', 'libpq_pipeline'), 'make', '-s', rpath)
  await keepTests(postgres, prefix)
  const config = `PG_CONFIG=${join(prefix, 'bin', 'pg_config')}`
  for (const target of ['all', 'install']) await run(log, vector, 'make', '-s', jobs, target, config, 'OPTFLAGS=')
}
