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

/** A range says in its first byte that it is empty; a multirange counts its ranges. */
const ranges = ['int4range', 'int8range', 'numrange', 'tsrange', 'tstzrange', 'daterange']
const multiranges = ranges.map((name) => name.replace('range', 'multirange'))

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
  ...Object.fromEntries(ranges.map((name) => [name, fixed('empty', Buffer.from([1]))])),
  ...Object.fromEntries(multiranges.map((name) => [name, fixed('{}', zeros(4))])),
  ltree: fixed('', Buffer.from([1])),
}
