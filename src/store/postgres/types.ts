import type { CustomTypesConfig } from 'pg'

/** Whole numbers come as bigint, as from SQLite; what has a fraction as a number. */
const numeric = (text: string): bigint | number => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))

/** By OID. All others come as the text that the server sends. */
const parsers: Readonly<Record<number, (text: string) => unknown>> = {
  16: (text) => (text === 't' ? 1n : 0n), // bool
  20: BigInt, // int8
  21: BigInt, // int2
  23: BigInt, // int4
  26: BigInt, // oid
  700: Number, // float4
  701: Number, // float8
  1700: numeric,
}

/** Values as the SQLite store gives them, so that whoever reads a row need not know where it lies. */
export const storeTypes: CustomTypesConfig = {
  getTypeParser: (oid: number) => parsers[oid] ?? ((text: string) => text),
}
