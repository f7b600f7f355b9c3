import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** /proc/net/tcp writes an IPv4 address as one 32-bit word in the machine's byte order. */
const hexPort = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0')

/**
 * The user id that owns the other end of a connection from this machine, or undefined where the kernel doesn't say. A
 * socket whose process has gone (inode 0) belongs to nobody.
 * @see proc_net(5) and Documentation/networking/proc_net_tcp in Linux
 */
export async function peerUser(socket: Socket): Promise<number | undefined> {
  const { remotePort, localPort } = socket
  if (remotePort === undefined || localPort === undefined) return undefined
  // A client may reach 127.0.0.1 through an IPv6 socket; the kernel then lists it with the others.
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const found = ownerIn(await readFile(table, 'latin1').catch(() => ''), remotePort, localPort)
    if (found !== undefined) return found
  }
  return undefined
}

/** Loopback as IPv4 and mapped into IPv6, in either byte order. */
const loopback = /^(?:0100007F|7F000001|0000000000000000FFFF00000100007F|00000000000000000000FFFF7F000001)$/

/** Finds the row whose own end is the client's, and whose other end is ours. */
export function ownerIn(table: string, clientPort: number, ourPort: number): number | undefined {
  const [client, ours] = [hexPort(clientPort), hexPort(ourPort)]
  for (const row of table.split('\n')) {
    if (!row.includes(`:${client} `)) continue
    const [, local = '', remote = '', , , , , uid, , inode] = row.trim().split(/\s+/)
    const [localAddress = '', localPort] = local.split(':')
    const [remoteAddress = '', remotePort] = remote.split(':')
    if (localPort !== client || remotePort !== ours || inode === '0') continue
    if (loopback.test(localAddress) && loopback.test(remoteAddress)) return Number(uid)
  }
  return undefined
}
