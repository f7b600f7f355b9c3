import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TempFolder extends AsyncDisposable {
  readonly path: string
  /** A path inside the folder. */
  file(...names: string[]): string
}

/** A folder of the test's own, gone when the owner disposes it: `await using folder = await tempFolder()`. */
export const tempFolder = async (prefix = 'hoop-test-'): Promise<TempFolder> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)))
  return {
    path,
    file: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}
