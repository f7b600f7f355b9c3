import { HoopError } from '../../../lib/errors.js'
import type { Environment } from '../../files/environment.js'

/** Whether an entry of NO_PROXY covers the host: `*`, a name and what is below it, with or without port. */
function covers(entry: string, host: string, port: string): boolean {
  const [, name = '', only] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry.trim().toLowerCase()) ?? []
  if (entry.trim() === '*') return true
  if (!name || (only && only !== port)) return false
  return host === name || host.endsWith(`.${name}`)
}

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY and NO_PROXY, lower case first, as curl reads them.
 * @throws {HoopError} CONFIG_INVALID where the variable holds no http or https URL
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const scheme = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const value = env[scheme] || env[scheme.toUpperCase()] || env['all_proxy'] || env['ALL_PROXY']
  if (!value) return undefined
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const exempt = (env['no_proxy'] ?? env['NO_PROXY'] ?? '').split(/[\s,]+/)
  if (exempt.some((entry) => covers(entry, host, port))) return undefined
  const whole = value.includes('://') ? value : `http://${value}`
  const proxy = URL.canParse(whole) ? new URL(whole) : undefined
  if (!proxy || !/^https?:$/.test(proxy.protocol))
    throw new HoopError('CONFIG_INVALID', `the value of ${scheme.toUpperCase()} is no http or https URL`, {
      hint: 'Set it to http://HOST:PORT, or unset it.',
    })
  return proxy
}
