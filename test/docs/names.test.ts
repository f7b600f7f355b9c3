import { glob, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { detectorNames } from '../../src/masking/detectors/detector.js'
import { packs } from '../../src/policy/packs/packs.js'
import { conditions } from '../../src/policy/rules/conditions.js'
import { pageOf, pages, spansOf } from './pages.js'

const root = new URL('../../', import.meta.url).pathname

/** First cells of the tables of a section. */
const firstCells = (text: string, heading: string): string => {
  const from = text.indexOf(`\n${heading}\n`)
  const end = text.indexOf('\n## ', from + heading.length)
  return [...text.slice(from, end < 0 ? undefined : end).matchAll(/^\| ([^|]*) \|/gm)]
    .map(([, cell]) => cell)
    .join('\n')
}

test('the conditions on the page of rules are those that there are', () => {
  const told = [...firstCells(pageOf('docs/rules.md'), '## Conditions').matchAll(/`(\w+):/g)].map(
    ([, name = '']) => name,
  )
  expect(new Set(told)).toEqual(new Set(Object.keys(conditions)))
})

test('the rules of packs on their page are those that there are', () => {
  const page = pageOf('docs/rules.md')
  for (const [pack, rules] of Object.entries(packs)) {
    const [, list = ''] = new RegExp(`^\\*\\*${pack}\\*\\*: ([^]*?)\\n\\n`, 'm').exec(page) ?? []
    expect([...list.matchAll(/`([\w-]+)`/g)].map(([, name]) => name)).toEqual(rules.map(({ name }) => name))
  }
})

test('the detectors on their page are those that there are', () => {
  const [table = ''] = /^\| detector [^]*?\n\n/m.exec(pageOf('docs/detectors.md')) ?? []
  const told = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(new Set(told)).toEqual(new Set<string | undefined>(detectorNames))
})

test('the events of recordings on their page are those that there are', async () => {
  const types = await readFile(new URL('../../src/lib/api/session-events.ts', import.meta.url), 'utf8')
  const known = [...types.matchAll(/^ {2}readonly type: '(\w+)'/gm)].map(([, type]) => type)
  const [table = ''] = /^\| event [^]*?\n\n/m.exec(pageOf('docs/recording-format.md')) ?? []
  const told = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, type]) => type)
  expect(told).toEqual(known)
})

test.for(pages)('every file of this repository that $path names is there', async (page) => {
  const named = spansOf(page)
    .map((span) => span.replace(/^npx vitest run /, '').replace(/ .*$/, ''))
    .filter((span) => /^(?:src|test|commands|bin|docs|\.ci)\/[\w./*-]+$/.test(span))
  const missing: string[] = []
  for (const path of named) {
    let there = false
    for await (const found of glob([path, path.replace(/\/$/, '')], { cwd: root })) there ||= found !== ''
    if (!there) missing.push(path)
  }
  expect(missing).toEqual([])
})
