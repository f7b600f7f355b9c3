import { expect, test } from 'vitest'
import type { DetectorName } from '../../../src/masking/detectors/detector.js'
import { foundBy } from './found.js'

// Test values only: numbers of the schemes' own documentation, keys that are made up.
const github = `ghp_${'a1B2'.repeat(9)}`
const jwt =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'
const pem = (label: string) => `-----BEGIN ${label}-----\nMIIBVgIBADANBg\nkqhkiG9w0BAQ==\n-----END ${label}-----`

/** Text, and what is found in it. */
const examples: Record<DetectorName, readonly (readonly [text: string, found: readonly string[]])[]> = {
  email: [
    ['ada@example.com', ['ada@example.com']],
    ['write to Ada.Lovelace+db@mail.example.co.uk.', ['Ada.Lovelace+db@mail.example.co.uk']],
    ['<ada@example.com>, bob@example.org;', ['ada@example.com', 'bob@example.org']],
    ['ada@example.com@example.org', ['ada@example.com']],
    ["o'brien@example.ie", ["o'brien@example.ie"]],
    ["'ada@example.com'", ['ada@example.com']],
    ['jürgen@müller.example', ['jürgen@müller.example']],
    ['postgres://app:secret@db.example.com/x', ['secret@db.example.com']],
    ['a@xn--nxasmq6b.xn--j6w193g', ['a@xn--nxasmq6b.xn--j6w193g']],
    ['icon@2x.png and foo@1.2.3', []],
    ['@types/node, @ada, ada@, ada@host, a @ b.com', []],
    ['SELECT embedding <@ ARRAY[1]', []],
  ],
  credit_card: [
    ['4111111111111111', ['4111111111111111']],
    ['card: 4111 1111 1111 1111, 12/27', ['4111 1111 1111 1111']],
    ['4111 1111 1111 1111 123', ['4111 1111 1111 1111']],
    ['5555-5555-5555-4444', ['5555-5555-5555-4444']],
    ['3782 822463 10005 / 378282246310005', ['3782 822463 10005', '378282246310005']],
    ['6011111111111117 3530111333300000', ['6011111111111117', '3530111333300000']],
    ['30569309025904 and 2223003122003222', ['30569309025904', '2223003122003222']],
    ['4111111111111112', []],
    ['9999999999999995', []],
    ['41111111111111110', []],
    ['14111111111111111', []],
    ['00004111111111111111', []],
    ['x4111111111111111y', []],
    ['0.4111111111111111', []],
    ['4111 1111-1111 1111', []],
    ['2024-01-01 10:00:00.123456', []],
  ],
  us_ssn: [
    ['123-45-6789', ['123-45-6789']],
    ['ssn 123 45 6789.', ['123 45 6789']],
    ['000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000', []],
    ['123-45-67890 1123-45-6789 123-45-6789-0 1-123-45-6789', []],
    ['123456789', []],
    ['123-45 6789', []],
    ['1 123 45 6789 2', []],
  ],
  phone: [
    ['+14155550123', ['+14155550123']],
    ['call +44 20 7946 0958 or +49 (30) 123456-78', ['+44 20 7946 0958', '+49 (30) 123456-78']],
    ['(415) 555-0123', ['(415) 555-0123']],
    ['415-555-0123, 415.555.0123, 415 555 0123', ['415-555-0123', '415.555.0123', '415 555 0123']],
    ['1-415-555-0123', ['1-415-555-0123']],
    ['+1 415 555 0123 20245', ['+1 415 555 0123']],
    ['4155550123', []],
    ['1732550400', []],
    ['1e+05, 3+4, +12', []],
    ['115-555-0123 415-155-0123', []],
    ['415-555-01234 415-555-0123-7', []],
  ],
  iban: [
    ['DE89370400440532013000', ['DE89370400440532013000']],
    ['GB29 NWBK 6016 1331 9268 19.', ['GB29 NWBK 6016 1331 9268 19']],
    ['iban nl91abna0417164300', ['nl91abna0417164300']],
    ['MT84MALT011000012345MTLCAST001S', ['MT84MALT011000012345MTLCAST001S']],
    ['NO93 8601 1117 947', ['NO93 8601 1117 947']],
    ['DE89370400440532013001', []],
    ['DE8937040044053201300', []],
    ['XDE89370400440532013000', []],
    ['DE893704004405320130001', []],
    ['ZZ89370400440532013000', []],
  ],
  ip: [
    ['192.168.0.1', ['192.168.0.1']],
    ['from 10.0.0.255:5432, 8.8.8.8.', ['10.0.0.255', '8.8.8.8']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[fe80::1ff:fe23:4567:890a]:443', ['fe80::1ff:fe23:4567:890a']],
    ['from:2001:db8:0:0:0:0:2:1, ::2:1', ['2001:db8:0:0:0:0:2:1', '::2:1']],
    ['1.2.3.4.5 256.1.1.1 1.2.3 v1.2.3.4', []],
    ['12:34:56, std::vector, ab::cd, x::int, a:b', []],
  ],
  api_key: [
    ['AKIAIOSFODNN7EXAMPLE', ['AKIAIOSFODNN7EXAMPLE']],
    [`token=${github}&x=1`, [github]],
    ['xoxb-123456789012-abcdef', ['xoxb-123456789012-abcdef']],
    ['Bearer sk-proj-abcd1234efgh5678ijkl', ['sk-proj-abcd1234efgh5678ijkl']],
    [`key_sk_test_${'a1'.repeat(12)}`, [`sk_test_${'a1'.repeat(12)}`]],
    [`AIza${'Sy0aB-_'.repeat(5)}`, [`AIza${'Sy0aB-_'.repeat(5)}`]],
    [`SG.${'a1'.repeat(11)}.${'b2'.repeat(21)}`, [`SG.${'a1'.repeat(11)}.${'b2'.repeat(21)}`]],
    ['sk-cube-grid-animation-something', []],
    ['AKIA, ghp_short, xoxb-1, task-12345678901234567890', []],
    ['0f8fad5b-d9cb-469f-a165-70867728950e', []],
  ],
  private_key: [
    [`key:\n${pem('PRIVATE KEY')}\nend`, [pem('PRIVATE KEY')]],
    [pem('RSA PRIVATE KEY') + pem('EC PRIVATE KEY'), [pem('RSA PRIVATE KEY'), pem('EC PRIVATE KEY')]],
    [pem('PGP PRIVATE KEY BLOCK'), [pem('PGP PRIVATE KEY BLOCK')]],
    ['a -----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn', ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn']],
    [pem('CERTIFICATE') + pem('PUBLIC KEY'), []],
  ],
  jwt: [
    [`Bearer ${jwt}.`, [`${jwt}.`]],
    [`{"t":"${jwt}"}`, [jwt]],
    ['eyJhbGciOiJub25lIn0.e30.', ['eyJhbGciOiJub25lIn0.e30.']],
    ['eyJub3RoaW5nIjoxfQ.e30.x', []],
    ['eyJhbGciOiJub25lIn0 alone, eyJ.eyJ.eyJ, keyJ', []],
  ],
}

const cases = Object.entries(examples).flatMap(([name, each]) =>
  each.map(([text, found]) => [name as DetectorName, text, found] as const),
)

test.for(cases.filter(([, , found]) => found.length > 0))('%s finds in %j', ([name, text, found]) => {
  expect(foundBy(name, text)).toEqual(found)
})

test.for(cases.filter(([, , found]) => found.length === 0))('%s finds nothing in %j', ([name, text]) => {
  expect(foundBy(name, text)).toEqual([])
})
