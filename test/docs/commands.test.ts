import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { blocksOf, pageOf, pages, spansOf, type Page } from './pages.js'

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: Readonly<Record<string, { readonly char?: string }>> }>>
}

const { commands } = JSON.parse(
  await readFile(new URL('../../oclif.manifest.json', import.meta.url), 'utf8'),
) as Manifest

/** Commands of oclif's plugins, and flags that every command has. */
const others = new Set(['help'])
const everywhere = new Set(['help', 'version'])
const topics = new Set(
  Object.keys(commands).flatMap((id) => id.split(':').map((_, at, all) => all.slice(0, at).join(':'))),
)

/** `hoop sessions kill 1kz0m --reason 'x'` → the command and what follows it; undefined where it is none. */
const commandOf = (words: readonly string[]): readonly [id: string, rest: readonly string[]] | undefined => {
  for (let length = Math.min(3, words.length); length > 0; length--) {
    const id = words.slice(0, length).join(':')
    if (Object.hasOwn(commands, id) || topics.has(id) || others.has(id)) return [id, words.slice(length)]
  }
  return undefined
}

/** Command lines of a page, each from behind `hoop`; what stands behind ` -- ` is another program's. */
const linesOf = (page: Page): string[] => {
  const blocks = blocksOf(page)
    .filter(({ language }) => ['sh', 'console', ''].includes(language))
    .flatMap(({ language, text }) =>
      text
        .replaceAll('\\\n', ' ')
        .split('\n')
        // Without a language it may be a drawing.
        .filter((line) => language !== '' || line.includes('$ ')),
    )
  return [...blocks, ...spansOf(page)]
    .map((line) =>
      line
        .replace(/^.*?\$ /, '')
        .replace(/ -- .*$/, '')
        .replace(/ #.*$/, ''),
    )
    .flatMap((line) => [...line.matchAll(/(?:^|[=( ]|\bnpx )hoop ([a-z].*)$/g)].map(([, rest = '']) => rest))
}

const wrongIn = (line: string): string[] => {
  const words = line.split(/\s+/)
  const found = commandOf(words.map((word) => word.replace(/[,;|].*$/, '')))
  if (!found) return [`hoop ${line}: no such command`]
  const [id, rest] = found
  const flags = commands[id]?.flags
  if (!flags) return []
  return rest
    .filter((word) => /^--[a-z]/.test(word))
    .map((word) => word.slice(2).replace(/[=`'",.;)].*$/, ''))
    .filter((flag) => !everywhere.has(flag) && !Object.hasOwn(flags, flag))
    .map((flag) => `hoop ${line}: no flag --${flag}`)
}

test.for(pages)('every command that $path shows exists, with the flags it is given', (page) => {
  expect(linesOf(page).flatMap(wrongIn)).toEqual([])
})

/** Flags of other programs that the pages speak of. */
const foreign = new Set(['only', 'quick', 'global', 'project', 'profile', 'prefix', 'unit', 'signal'])

test.for(pages)('every flag that $path names is one of some command', (page) => {
  const known = new Set(Object.values(commands).flatMap(({ flags }) => Object.keys(flags)))
  const named = spansOf(page).flatMap((span) =>
    [...span.matchAll(/(?:^|\s)--([a-z][a-z-]*)/g)].map(([, flag = '']) => flag),
  )
  expect(named.filter((flag) => !known.has(flag) && !everywhere.has(flag) && !foreign.has(flag))).toEqual([])
})

test('every command stands in the documentation', () => {
  const all = pages.map(({ text }) => text).join('\n')
  const cli = pageOf('docs/cli.md')
  const told = (id: string): boolean => {
    const words = id.split(':')
    const last = words.at(-1)!
    if (all.includes(`hoop ${words.join(' ')}`)) return true
    // `hoop approvals list`, `show`, `approve`
    const topic = words.slice(0, -1).join(' ')
    return cli.split('\n').some((line) => line.includes(`\`hoop ${topic} `) && line.includes(`\`${last}`))
  }
  expect(Object.keys(commands).filter((id) => !told(id))).toEqual([])
})
