import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** /proc/net/tcp writes an IPv4 address as one 32-bit word in the machine's byte order. */
const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')

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
  const { remotePort, localPort } = socket
  if (remotePort === undefined || localPort === undefined) return undefined
  for (const [path, reading] of tables) {
    const found = ownerIn(await read(path, reading), remotePort, localPort)
    if (found !== undefined) return found
  }
  return undefined
}

/** Loopback as IPv4 and mapped into IPv6, in either byte order. */
const loopback = /^(?:0100007F|7F000001|0000000000000000FFFF00000100007F|00000000000000000000FFFF7F000001)$/

/** The rows that hold a text, one by one: no array of them all. */
function* rowsWith(table: string, text: string): Generator<string> {
  let at = table.indexOf(text)
  while (at >= 0) {
    const end = table.indexOf('\n', at)
    yield table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end)
    at = end < 0 ? -1 : table.indexOf(text, end)
  }
}

/** Finds the row whose own end is the client's, and whose other end is ours. */
export function ownerIn(table: string, clientPort: number, ourPort: number): number | undefined {
  const [client, ours] = [hexPort(clientPort), hexPort(ourPort)]
  for (const row of rowsWith(table, `:${client} `)) {
    const [, local = '', remote = '', , , , , uid, , inode] = row.trim().split(/\s+/)
    const [localAddress = '', localPort] = local.split(':')
    const [remoteAddress = '', remotePort] = remote.split(':')
    if (localPort !== client || remotePort !== ours || inode === '0') continue
    if (loopback.test(localAddress) && loopback.test(remoteAddress)) return Number(uid)
  }
  return undefined
}
