import { expect, test } from 'vitest'
import { addressReader } from '../../../../src/gateway/server/admission/client-address.js'
import { neighborhood, plainAddress, within } from '../../../../src/gateway/server/admission/network.js'

test.for([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['', undefined],
  ['unknown', undefined],
  ['192.0.2.7:80', undefined],
  ['192.0.2.07', undefined],
])('“%s” is the address %s', ([text, address]) => {
  expect(plainAddress(text!)).toBe(address)
})

test.for([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
])('%s is counted as %s', ([address, counted]) => {
  expect(neighborhood(address!)).toBe(counted)
})

test('networks hold what lies in them, of either family', () => {
  const inside = within(['10.0.0.0/8', '192.0.2.7', 'fd00::/8', '::1'])
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', 'fd12::1', '::1'])
    expect(inside(address), address).toBe(true)
  for (const address of ['11.0.0.1', '192.0.2.8', 'fe80::1', '::2', '', 'localhost'])
    expect(inside(address), address).toBe(false)
  expect(within([])('127.0.0.1')).toBe(false)
})

const read = (peer: string, forwarded: string | undefined, trusted: string[] = ['10.0.0.0/8']) =>
  addressReader(within(trusted))({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    socket: { remoteAddress: peer } as never,
  })

test('nobody’s X-Forwarded-For is believed unless they are trusted', () => {
  expect(read('192.0.2.7', '198.51.100.1')).toBe('192.0.2.7')
  expect(read('10.0.0.1', '198.51.100.1', [])).toBe('10.0.0.1')
})

test.for([
  [undefined, '10.0.0.1'],
  ['', '10.0.0.1'],
  ['198.51.100.1', '198.51.100.1'],
  ['198.51.100.1:4711', '198.51.100.1'],
  ['[2001:db8::1]:4711', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  // What the client itself has written stands further left.
  ['203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['203.0.113.9, 198.51.100.1, 10.0.0.2, 10.0.0.3', '198.51.100.1'],
  ['10.9.9.9, 198.51.100.1', '198.51.100.1'],
  // All of them proxies: the first one is where it began.
  ['10.0.0.3, 10.0.0.2', '10.0.0.3'],
  // What can't be read ends the way back.
  ['198.51.100.1, nonsense', '10.0.0.1'],
  ['198.51.100.1, nonsense, 10.0.0.2', '10.0.0.2'],
  ['nonsense, 198.51.100.1', '198.51.100.1'],
])('behind a trusted proxy “%s” means %s', ([forwarded, address]) => {
  expect(read('10.0.0.1', forwarded)).toBe(address)
})
