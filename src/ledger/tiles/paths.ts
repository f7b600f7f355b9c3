/** Hashes in a whole tile, and entries in a whole bundle. */
export const tileWidth = 256
/** Levels of the tree in one tile. */
export const tileHeight = 8

/** `1234067` → `x001/x234/067`. */
export const groupsOf = (index: bigint): string => {
  const digits = index.toString()
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/\d{3}/g)!
  return [...groups.slice(0, -1).map((group) => `x${group}`), groups.at(-1)!].join('/')
}

/**
 * Where a tile or bundle lies, relative to the log's folder.
 * @param level of the tile, or entries
 * @param width of one that isn't whole, from 1 to 255
 * @see C2SP tlog-tiles, “Merkle Tree” and “Log entries”
 */
export const tilePath = (level: number | 'entries', index: bigint, width: number = tileWidth): string =>
  `tile/${level}/${groupsOf(index)}${width === tileWidth ? '' : `.p/${width}`}`

/** How many hashes the last, unfinished tile of a level has; 0 where there is none. */
export const partialWidth = (level: number, size: bigint): number => Number((size >> BigInt(tileHeight * level)) % 256n)
