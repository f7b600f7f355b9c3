import { chmod } from 'node:fs/promises'
import { tempFolder } from '../helpers/temp.js'
import { directly, throughBouncer } from './contenders.js'
import { Failure } from './failure.js'
import type { Options } from './options.js'
import { fillTables } from './parts/customers.js'
import { startHoop } from './parts/hoop.js'
import { startBouncer } from './parts/pgbouncer.js'
import { Pgbench } from './parts/pgbench.js'
import { fillVectors } from './parts/vectors.js'
import { findProgram } from './parts/programs.js'
import { startServer } from './parts/server.js'
import type { Stage } from './stage.js'

/** pgbench's unit: 100,000 accounts. */
const scale = 10

const findPgbench = (): string => {
  const program = findProgram('pgbench')
  if (program !== undefined) return program
  const where = 'on PATH or in /usr/lib/postgresql/*/bin'
  throw new Failure(`pgbench is not installed ${where}; it comes with PostgreSQL's server or contrib package`, 69)
}

/**
 * Starts the database, the pooler and hoop, and fills the tables. Disposing stops and removes all of it.
 * @throws {Failure} where pgbench is not installed
 */
export const setStage = async (root: string, options: Options, signal: AbortSignal): Promise<Stage> => {
  const program = findPgbench()
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(await tempFolder('hoop-bench-')).path
  await chmod(folder, 0o711) // the pooler runs as somebody else and reads its own files in it
  const server = stack.use(await startServer())
  const direct = directly(server, 'disable')
  const pgbench = new Pgbench(program, folder, signal)
  await pgbench.initialize(direct, scale)
  const bulky = options.only.has('copy') || options.only.has('select')
  await fillTables(server, bulky ? (options.quick ? 100 : 320) : 1)
  const vectors = options.only.has('vectors')
  if (vectors) await fillVectors(server, options.quick ? 100 : 300)
  const bouncer = findProgram('pgbouncer')
  const stage = {
    options,
    folder,
    signal,
    pgbench,
    server,
    direct,
    directTls: directly(server, 'require'),
    bouncer:
      bouncer === undefined
        ? { missing: 'pgbouncer is not installed' }
        : throughBouncer(server, stack.use(await startBouncer(bouncer, server, folder))),
    hoop: stack.use(
      await startHoop(server, {
        root,
        folder,
        signal,
        inspect: options.profile || options.only.has('blocking'),
        vectors,
      }),
    ),
  }
  const owned = stack.move()
  return { ...stage, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
