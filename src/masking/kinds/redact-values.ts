/** One harmless value of a type, as text and in its binary format. @see PostgreSQL source, each type's `*_send` */
export type Redacted = (modifier: number) => readonly [text: string, binary: Buffer]

const zeros = (length: number): Buffer => Buffer.alloc(length)
const fixed = (text: string, binary: Buffer): Redacted => {
  const value = [text, binary] as const
  return () => value
}
const same = (text: string): Redacted => fixed(text, Buffer.from(text))

/** jsonb's binary format is a version byte and the text. */
const json = '{"masked": true}'
/** One item (int32 count): an operand, of no weight, no prefix. The server takes no empty one back. */
const tsquery = Buffer.from('\0\0\0\x01\x01\0\0masked\0')
const ipv4 = (isCidr: 0 | 1): Buffer => Buffer.from([2, 32, isCidr, 4, 0, 0, 0, 0])

const bits = (count: number): readonly [string, Buffer] => {
  const binary = zeros(4 + Math.ceil(count / 8))
  binary.writeInt32BE(count)
  return ['0'.repeat(count), binary]
}

/** One element, 0, counted from 0: the server takes no empty one back. */
const oneZero = (element: number, length: 2 | 4): Buffer => {
  const out = zeros(24 + length)
  for (const [at, word] of [1, 0, element, 1, 0, length].entries()) out.writeInt32BE(word, 4 * at)
  return out
}

/** Two bounds that no transaction has, and nothing between: int32 count, int64 each. */
const snapshot = Buffer.from('0000000000000000000000010000000000000001', 'hex')

/** A line needs a direction: 1·x + 0·y + 0 = 0. */
const line = Buffer.concat([Buffer.from('3ff0000000000000', 'hex'), zeros(16)])
const onePoint = Buffer.concat([Buffer.from([0, 0, 0, 1]), zeros(16)])

/** Of any range or multirange type: the first says in its first byte that it is empty, the second counts its ranges. */
export const empty: Readonly<Record<'r' | 'm', readonly [string, Buffer]>> = {
  r: ['empty', Buffer.from([1])],
  m: ['{}', zeros(4)],
}

const noObject = fixed('-', zeros(4))

/** By `pg_type.typname`. A type that isn't here is redacted to NULL. The dates are the epoch of the binary formats. */
export const redactedValues: Readonly<Record<string, Redacted>> = {
  char: same('*'),
  int2: fixed('0', zeros(2)),
  int4: fixed('0', zeros(4)),
  int8: fixed('0', zeros(8)),
  oid: fixed('0', zeros(4)),
  float4: fixed('0', zeros(4)),
  float8: fixed('0', zeros(8)),
  numeric: fixed('0', zeros(8)),
  money: fixed('0', zeros(8)),
  bool: fixed('f', zeros(1)),
  date: fixed('2000-01-01', zeros(4)),
  time: fixed('00:00:00', zeros(8)),
  timetz: fixed('00:00:00+00', zeros(12)),
  timestamp: fixed('2000-01-01 00:00:00', zeros(8)),
  timestamptz: fixed('2000-01-01 00:00:00+00', zeros(8)),
  interval: fixed('00:00:00', zeros(16)),
  uuid: fixed('00000000-0000-0000-0000-000000000000', zeros(16)),
  json: same(json),
  jsonb: fixed(json, Buffer.from(`\u0001${json}`)),
  xml: same('<masked/>'),
  bytea: fixed('\\x', zeros(0)),
  inet: fixed('0.0.0.0', ipv4(0)),
  cidr: fixed('0.0.0.0/32', ipv4(1)),
  macaddr: fixed('00:00:00:00:00:00', zeros(6)),
  macaddr8: fixed('00:00:00:00:00:00:00:00', zeros(8)),
  bit: (modifier) => bits(Math.max(modifier, 1)),
  varbit: () => bits(0),
  point: fixed('(0,0)', zeros(16)),
  tsvector: fixed('', zeros(4)),
  tsquery: fixed("'masked'", tsquery),
  hstore: fixed('', zeros(4)),
  lseg: fixed('[(0,0),(0,0)]', zeros(32)),
  box: fixed('(0,0),(0,0)', zeros(32)),
  path: fixed('((0,0))', Buffer.concat([Buffer.from([1]), onePoint])),
  polygon: fixed('((0,0))', onePoint),
  line: fixed('{1,0,0}', line),
  circle: fixed('<(0,0),0>', zeros(24)),
  int2vector: fixed('0', oneZero(21, 2)),
  oidvector: fixed('0', oneZero(26, 4)),
  jsonpath: fixed('$', Buffer.from('\u0001$')),
  refcursor: same('********'),
  cstring: same('********'),
  void: fixed('', zeros(0)),
  tid: fixed('(0,0)', zeros(6)),
  xid: fixed('0', zeros(4)),
  cid: fixed('0', zeros(4)),
  xid8: fixed('0', zeros(8)),
  pg_lsn: fixed('0/0', zeros(8)),
  txid_snapshot: fixed('1:1:', snapshot),
  pg_snapshot: fixed('1:1:', snapshot),
  regproc: noObject,
  regprocedure: noObject,
  regclass: noObject,
  regtype: noObject,
  regconfig: noObject,
  regdictionary: noObject,
  regnamespace: noObject,
  regrole: noObject,
  regcollation: noObject,
  // A minus is an operator.
  regoper: fixed('0', zeros(4)),
  regoperator: fixed('0', zeros(4)),
  ltree: fixed('', Buffer.from([1])),
}
