import { access } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { linksOf, pages } from './pages.js'

const root = new URL('../../', import.meta.url)

/** As GitHub makes them: lower case, without signs, dashes for blanks. */
const anchorsIn = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )

test.for(pages)('every link of $path leads somewhere', async (page) => {
  const broken: string[] = []
  for (const link of linksOf(page).filter((target) => !/^https?:/.test(target))) {
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? new URL(page.path, root) : new URL(path, new URL(page.path, root))
    const known = pages.find((one) => new URL(one.path, root).href === target.href)
    const there = await access(target).then(
      () => true,
      () => false,
    )
    if (!there || (anchor !== undefined && known && !anchorsIn(known.text).has(anchor))) broken.push(link)
  }
  expect(broken).toEqual([])
})

test('every page is reached from the README', () => {
  const reached = new Set<string>(['README.md'])
  for (const path of reached) {
    const page = pages.find((one) => one.path === path)
    for (const link of page ? linksOf(page) : []) {
      const target = new URL(link.split('#')[0] ?? '', new URL(path, 'file:///')).pathname.slice(1)
      if (pages.some((one) => one.path === target)) reached.add(target)
    }
  }
  expect(pages.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([])
})
