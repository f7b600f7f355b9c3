import { open } from 'node:fs/promises'
import { SecretFailure } from './failure.js'

/** A certificate with its chain and key is a few kilobytes. Bytes. */
const LARGEST = 256 * 1024

/** A group may read what root owns, as libpq has it for client keys: it is how a system hands keys to its services. */
const tooOpen = (mode: number, owner: number): boolean => (mode & (owner === 0 ? 0o037 : 0o077)) !== 0

/** Whether others than its owner may read or change a file that holds a secret; @returns the words for it, or undefined. */
export const whyTooOpen = (
  path: string,
  { mode, uid }: { readonly mode: number; readonly uid: number },
): string | undefined =>
  process.platform !== 'win32' && tooOpen(mode, uid)
    ? `${path} can be read by others (mode ${octal(mode)}): it has to be 0600, or 0640 where root owns it`
    : undefined

const octal = (mode: number): string => (mode & 0o777).toString(8).padStart(4, '0')

/**
 * Reads a file that holds a secret, and looks at the mode of the very file that it has opened.
 * @throws {HoopError} SECRET_MISSING, also where others may read or change it
 * @see PostgreSQL documentation, "Client Certificates": the modes that libpq takes for a key
 */
export const readSecretFile = async (path: string): Promise<string> => {
  try {
    await using file = await open(path, 'r')
    const found = await file.stat()
    const { mode, size } = found
    const isFile = (mode & 0o170000) === 0o100000
    if (!isFile) throw new SecretFailure(`${path} is not a file`)
    const why = whyTooOpen(`file ${path}`, found)
    if (why !== undefined) throw new SecretFailure(why)
    if (size > LARGEST) throw new SecretFailure(`file ${path} is larger than ${LARGEST} bytes`)
    return await file.readFile('utf8')
  } catch (error) {
    if (error instanceof SecretFailure) throw error
    throw new SecretFailure(`file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`)
  }
}
