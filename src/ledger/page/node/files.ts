import { Bytes, type Encoding } from './bytes.js'

/** Files in memory: what a bundle was unpacked to. Stands in for `node:fs`, `node:fs/promises` and `node:stream/promises`. */
const files = new Map<string, Bytes>()

const missing = (): Error => Object.assign(new Error('ENOENT'), { code: 'ENOENT' })

const at = (path: string): Bytes => {
  const found = files.get(path)
  if (!found) throw missing()
  return found
}

export const forget = (): void => files.clear()
export const existsSync = (path: string): boolean => files.has(path)
export const mkdir = async (): Promise<void> => undefined

export const readFile = async (path: string, encoding?: Encoding): Promise<Bytes | string> =>
  encoding === undefined ? at(path) : at(path).toString(encoding)

export const stat = async (path: string) => ({ size: at(path).length })
export const lstat = async (path: string) => ({ size: at(path).length, isSymbolicLink: () => false })

export const readdir = async (folder: string): Promise<string[]> => {
  const names = [...files.keys()].filter((path) => path.startsWith(`${folder}/`))
  return [...new Set(names.map((path) => path.slice(folder.length + 1).split('/')[0]!))]
}

export const createReadStream = async function* (path: string): AsyncGenerator<Bytes, void> {
  yield at(path)
}

interface Sink {
  readonly path: string
}

export const createWriteStream = (path: string): Sink => ({ path })

export const pipeline = async (from: AsyncIterable<Uint8Array>, { path }: Sink): Promise<void> => {
  const parts: Uint8Array[] = []
  for await (const part of from) parts.push(part)
  if (files.has(path)) throw Object.assign(new Error('EEXIST'), { code: 'EEXIST' })
  files.set(path, Bytes.concat(parts))
}

export const open = async (path: string) => {
  const bytes = at(path)
  return {
    stat: async () => ({ size: bytes.length, isFile: () => true }),
    read: async (into: Uint8Array, offset: number, length: number, from: number) => {
      const part = bytes.subarray(from, from + length)
      into.set(part, offset)
      return { bytesRead: part.length }
    },
    close: async () => undefined,
  }
}

const never = async (): Promise<never> => {
  throw new Error('nothing is written here')
}

export const [rename, rm] = [never, never]
export const constants = {}
