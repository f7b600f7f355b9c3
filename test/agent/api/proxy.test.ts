import { expect, test } from 'vitest'
import { proxyFor } from '../../../src/agent/api/reach/proxy.js'

const gateway = new URL('https://gateway.example.com:8443')
const proxy = 'http://proxy.example.com:3128'

test.for([
  [{ HTTPS_PROXY: proxy }, true],
  [{ https_proxy: proxy }, true],
  [{ HTTP_PROXY: proxy }, false],
  [{ ALL_PROXY: proxy }, true],
  [{ HTTPS_PROXY: '' }, false],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '*' }, false],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'example.com' }, false],
  [{ HTTPS_PROXY: proxy, NO_PROXY: '.example.com' }, false],
  [{ HTTPS_PROXY: proxy, no_proxy: 'localhost, gateway.example.com' }, false],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'gateway.example.com:8443' }, false],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'gateway.example.com:443' }, true],
  [{ HTTPS_PROXY: proxy, NO_PROXY: 'ample.com,other' }, true],
] as const)('%o: through the proxy is %s', ([env, through]) => {
  expect(proxyFor(gateway, env)?.href).toBe(through ? `${proxy}/` : undefined)
})

test('a proxy without a scheme is http', () => {
  expect(proxyFor(gateway, { HTTPS_PROXY: 'proxy:3128' })?.href).toBe('http://proxy:3128/')
})

test('a proxy of another kind is refused, and its password not repeated', () => {
  expect(() => proxyFor(gateway, { HTTPS_PROXY: 'socks5://me:secret@proxy' })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('secret') as string }),
  )
})
