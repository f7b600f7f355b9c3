import { isIP } from 'node:net'
import { z } from 'zod'

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

/** Reverse proxies whose `X-Forwarded-For` is believed. Nobody's is, unless they stand here. */
export const trustedProxies = z
  .array(z.string().refine(isNetwork, 'an address or a network such as 10.0.0.7, 10.0.0.0/8 or fd00::/8'))
  .max(100)
  .default([])
