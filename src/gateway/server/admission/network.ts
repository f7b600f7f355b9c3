import { BlockList, isIP } from 'node:net'

/** IPv4 written as IPv6, which is how a socket that takes both shows it (RFC 4291, section 2.5.5.2). */
const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The address itself, without a zone, and IPv4 as such; undefined where it is none. */
export const plainAddress = (text: string): string | undefined => {
  const address = mapped.exec(text)?.[1] ?? text.replace(/%.*$/s, '')
  return isIP(address) === 0 ? undefined : address
}

/** Who is counted together: an IPv4 address; of IPv6 a /64, since whoever has one has all of it. */
export const neighborhood = (address: string): string => {
  if (isIP(address) !== 6) return address
  // Node writes every address in one way: short, in lower case, without dots.
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups =
    tail === undefined ? front : [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back]
  return `${groups.slice(0, 4).join(':')}::/64`
}

/** The same of an address that may not be known. */
export const neighborhoodOf = (address: string | undefined): string =>
  address === undefined ? 'unknown' : neighborhood(address)

/** Whether an address lies in one of the networks. @param networks `10.0.0.0/8`, `fd00::/8`, or single addresses */
export const within = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const network of networks) {
    const [text = '', bits] = network.split('/')
    const address = plainAddress(text) ?? text
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (text) => {
    const address = plainAddress(text)
    return address !== undefined && list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
  }
}
