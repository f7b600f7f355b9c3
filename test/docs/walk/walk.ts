import { type Block, blocksOf, pages } from '../pages.js'

/** The code on a page, on its way to be run: what nobody takes is told at the end. */
export interface Walk {
  /** The one block that has this text. @throws {Error} where there is none, or several */
  take(text: string): string
  /** Blocks that are not run here, by a text that each of them has, and why. */
  leave(reasons: Readonly<Record<string, string>>): void
  /** What was neither taken nor left, and what was left in vain: the first line of each. */
  missing(): string[]
}

/** Pieces of `hoop.yaml`: the schema takes each (test/docs/configuration.test.ts). */
const triedElsewhere = ({ language }: Block): boolean => language === 'yaml'

export const walkOf = (path: string): Walk => {
  const page = pages.find((one) => one.path === path)
  if (!page) throw new Error(`there is no ${path}`)
  const blocks = blocksOf(page)
  const [taken, left] = [new Set<Block>(), new Map<string, string>()]
  const having = (text: string): Block[] => blocks.filter((block) => block.text.includes(text))
  return {
    take: (text) => {
      const [block, ...more] = having(text)
      if (!block || more.length > 0) throw new Error(`${path} has ${more.length + Number(!!block)} blocks with ${text}`)
      taken.add(block)
      return block.text
    },
    leave: (reasons) => {
      for (const [text, why] of Object.entries(reasons)) left.set(text, why)
    },
    missing: () => {
      const excused = new Set([...left.keys()].flatMap(having))
      return [
        ...blocks
          .filter((block) => !taken.has(block) && !excused.has(block) && !triedElsewhere(block))
          .map(({ text }) => text.split('\n')[0]!),
        ...[...left.keys()]
          .filter((text) => having(text).length !== 1)
          .map((text) => `left, and not one block: ${text}`),
      ]
    },
  }
}
