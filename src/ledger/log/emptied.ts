import { readFile } from 'node:fs/promises'
import { HoopError } from '../../lib/errors.js'
import { tileWidth } from '../tiles/paths.js'
import { contentsPath, emptiedLine } from './contents.js'
import { replaceWhole } from './files.js'

/**
 * Takes contents and salts out of lines: their entries stay, and the tree with them. A file is replaced whole, so that who
 * reads it gets the old one or the new one. Whoever writes the log must not write meanwhile.
 * @throws what the file system says
 */
export const emptyLines = async (folder: string, indexes: readonly bigint[]): Promise<void> => {
  const byFile = Map.groupBy(indexes, (index) => index / BigInt(tileWidth))
  for (const [file, gone] of byFile) {
    const path = contentsPath(folder, file)
    const first = file * BigInt(tileWidth)
    const lines = (await readFile(path, 'utf8')).split('\n')
    for (const index of gone) {
      const at = Number(index - first)
      const line = emptiedLine(lines[at] ?? '', index)
      if (line === undefined)
        throw new HoopError('LEDGER_DAMAGED', `the content of leaf ${index} is missing or damaged`)
      lines[at] = line
    }
    await replaceWhole(path, lines.join('\n'))
  }
}
