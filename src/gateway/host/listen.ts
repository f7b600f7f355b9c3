import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { HoopError } from '../../lib/errors.js'

export interface Address {
  readonly host: string
  readonly port: number
}

/** `host:port`, `[::1]:port` → its parts. */
export const parseAddress = (text: string): Address => {
  const [, host, port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? []
  if (!host || port === undefined || Number(port) > 65535)
    throw new HoopError('USAGE', `where to listen is host:port, not ${text}`)
  return { host, port: Number(port) }
}

/**
 * Listens, and gives the address that it got: with port 0 the system chooses.
 * @param setting where the address is said, for the hint
 * @throws {HoopError} PORT_IN_USE; CONFIG_INVALID where the system refuses the address
 */
export const listen = async (
  server: Server,
  { host, port }: Address,
  setting = '--listen or gateway.listen',
): Promise<Address> => {
  try {
    server.listen({ host, port })
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new HoopError('PORT_IN_USE', `${host}:${port}`, {
        cause,
        hint: `Stop what listens there, or choose another with ${setting}.`,
      })
    throw new HoopError('CONFIG_INVALID', `cannot listen on ${host}:${port} (${code ?? String(cause)})`, {
      cause,
      hint: 'Choose an address of this machine, and a port that this user may open.',
    })
  }
  const address = server.address() as AddressInfo
  return { host, port: address.port }
}
