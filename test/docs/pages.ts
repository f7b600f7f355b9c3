import { readdir, readFile } from 'node:fs/promises'

const root = new URL('../../', import.meta.url)

export interface Page {
  /** From the repository's root: `docs/cli.md`. */
  readonly path: string
  readonly text: string
}

export interface Block {
  readonly language: string
  readonly text: string
}

const names = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...(await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
]

/** The pages that people read, but for decisions, which tell what was so on their day. */
export const pages: readonly Page[] = await Promise.all(
  names.map(async (path) => ({ path, text: await readFile(new URL(path, root), 'utf8') })),
)

export const pageOf = (path: string): string => {
  const page = pages.find((one) => one.path === path)
  if (!page) throw new Error(`there is no ${path}`)
  return page.text
}

/** What stands between fences. */
export const blocksOf = ({ text }: Page): Block[] =>
  [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text }))

const withoutBlocks = (text: string): string => text.replaceAll(/^```[^]*?^```$/gm, '')

/** What stands between backticks in the running text. */
export const spansOf = ({ text }: Page): string[] =>
  [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)

/** Text and where it leads. */
export const linksOf = ({ text }: Page): string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
