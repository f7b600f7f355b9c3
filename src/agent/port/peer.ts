import { readFile } from 'node:fs/promises'
import { isIPv4, type Socket } from 'node:net'
import { endianness } from 'node:os'

/** One end of a connection: an IPv4 address, also as an IPv6 socket has it (`::ffff:127.0.0.1`). */
export interface End {
  readonly address: string
  readonly port: number
}

const mapped = /^::ffff:/i

/** A word of an address as the kernel prints it: of 32 bits, in the machine's byte order. */
const word = (bytes: Buffer): string =>
  (endianness() === 'LE' ? bytes.readUInt32LE() : bytes.readUInt32BE()).toString(16).toUpperCase().padStart(8, '0')

/** What the kernel may write for an end: as IPv4 and mapped into IPv6. None for what isn't IPv4, which no port of hoop's has. */
const written = ({ address, port }: End): readonly string[] => {
  const plain = address.replace(mapped, '')
  if (!isIPv4(plain)) return []
  const ipv4 = word(Buffer.from(plain.split('.').map(Number)))
  const ipv6 = `${'0'.repeat(16)}${word(Buffer.of(0, 0, 0xff, 0xff))}${ipv4}`
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0')
  return [`${ipv4}:${hexPort}`, `${ipv6}:${hexPort}`]
}

/** A table of the kernel's that is being read, and the reading behind it. */
interface Reading {
  now?: Promise<string> | undefined
  next?: Promise<string> | undefined
}

// A client may reach 127.0.0.1 through an IPv6 socket; the kernel then lists it with the others.
const tables: readonly (readonly [path: string, reading: Reading])[] = [
  ['/proc/net/tcp', {}],
  ['/proc/net/tcp6', {}],
]

const begin = (path: string, reading: Reading): Promise<string> => {
  const now = readFile(path, 'latin1')
    .catch(() => '')
    .finally(() => (reading.now = undefined))
  return (reading.now = now)
}

/**
 * A table as it is after this call. Whoever asks while one is read shares the next: it has a row for each connection of the
 * machine, so that in a storm of connections a copy for each of them would take hundreds of megabytes.
 */
const read = (path: string, reading: Reading): Promise<string> => {
  if (!reading.now) return begin(path, reading)
  return (reading.next ??= reading.now.then(() => {
    reading.next = undefined
    return begin(path, reading)
  }))
}

/**
 * The user id that owns the other end of a connection from this machine, or undefined where the kernel doesn't say. A
 * socket whose process has gone (inode 0) belongs to nobody.
 * @see proc_net(5) and Documentation/networking/proc_net_tcp in Linux
 */
export async function peerUser(socket: Socket): Promise<number | undefined> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (remoteAddress === undefined || remotePort === undefined) return undefined
  if (localAddress === undefined || localPort === undefined) return undefined
  const [client, ours] = [
    { address: remoteAddress, port: remotePort },
    { address: localAddress, port: localPort },
  ]
  for (const [path, reading] of tables) {
    const found = ownerIn(await read(path, reading), client, ours)
    if (found !== undefined) return found
  }
  return undefined
}

/** The rows that hold a text, one by one: no array of them all. */
function* rowsWith(table: string, text: string): Generator<string> {
  let at = table.indexOf(text)
  while (at >= 0) {
    const end = table.indexOf('\n', at)
    yield table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end)
    at = end < 0 ? -1 : table.indexOf(text, end)
  }
}

/**
 * Finds the row whose own end is the client's, and whose other end is ours. Addresses count as much as ports: all of
 * 127.0.0.0/8 is this machine, so that somebody else may come from the same port of another of them.
 */
export function ownerIn(table: string, client: End, ours: End): number | undefined {
  const others = written(ours)
  for (const own of written(client))
    for (const row of rowsWith(table, ` ${own} `)) {
      const [, local = '', remote = '', , , , , uid, , inode] = row.trim().split(/\s+/)
      if (local === own && others.includes(remote) && inode !== '0') return Number(uid)
    }
  return undefined
}
