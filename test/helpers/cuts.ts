/** One way to cut a byte stream in two; vitest prints the first element in the test's title. */
export type Cut = readonly [at: number, before: Buffer, after: Buffer]

/** Every way to cut a buffer in two, both ends included: `test.for(everyCut(bytes))('cut at byte %i …', ([, a, b]) => …)`. */
export const everyCut = (bytes: Buffer): Cut[] =>
  Array.from({ length: bytes.length + 1 }, (_, at) => [at, bytes.subarray(0, at), bytes.subarray(at)])

/** The buffer as single bytes: the worst that a network can do. */
export const everyByte = (bytes: Buffer): Buffer[] =>
  Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1))
