import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { catalogue } from '../../src/lib/errors.js'
import { pageOf, pages, spansOf } from './pages.js'

const root = new URL('../../', import.meta.url)

const sources = async (): Promise<string> => {
  const folders = ['src/', 'commands/', 'bin/', 'test/']
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const files = (await readdir(new URL(folder, root), { recursive: true })).filter((name) =>
        /\.(ts|tsx|js)$/.test(name),
      )
      return Promise.all(files.map((file) => readFile(new URL(`${folder}${file}`, root), 'utf8')))
    }),
  )
  return texts.flat().join('\n')
}

test('every name in capitals is a code of the catalogue or a variable that is read', async () => {
  const text = await sources()
  // Read by what starts or supervises hoop, not by hoop.
  const foreign = new Set(['VECTORDB_PASSWORD'])
  const unknown = pages.flatMap((page) =>
    spansOf(page)
      .flatMap((span) =>
        [...span.matchAll(/^\$?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=.*)?$/g)].map(([, name = '']) => name),
      )
      .filter(
        (name) => !Object.hasOwn(catalogue, name) && !foreign.has(name) && !new RegExp(`\\b${name}\\b`).test(text),
      )
      .map((name) => `${page.path}: ${name}`),
  )
  expect(unknown).toEqual([])
})

/** What PostgreSQL itself answers where the pages speak of it. */
const ofTheServer = new Set(['01000', '26000', '42601', '42P01', '25P02', '25P01', '40001', '57P02'])

test('every SQLSTATE is one of the catalogue, or of the server’s that are listed here', () => {
  const known = new Set<string>(Object.values(catalogue).map(({ sqlstate }) => sqlstate))
  const unknown = pages
    .filter(({ path }) => path !== 'docs/performance.md')
    .flatMap(({ path, text }) =>
      [
        ...text.matchAll(
          /(?<![\w,.])(?:(?<=(?:SQLSTATE|FATAL|ERROR|with) )\d{5}|\d[\dA-Z]{1,3}[A-Z][\dA-Z]{0,3}|F0000|HV000)(?!\w|,\d)/g,
        ),
      ]
        .map(([state]) => state)
        // Of a moment as ISO 8601 writes it, `31T18` is day and hour.
        .filter((state) => !/^\d\dT\d\d$/.test(state))
        .filter((state) => state.length === 5 && !/^\d+(kB|[KMG]B|[KMG]iB)$/.test(state))
        .filter((state) => !known.has(state) && !ofTheServer.has(state))
        .map((state) => `${path}: ${state}`),
    )
  expect(unknown).toEqual([])
})

/** `STARTUP_TIMEOUT` behind `FATAL 08P01` in one cell of a table: they belong together. */
test('a SQLSTATE and a code that are named together are each other’s', () => {
  const wrong = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:FATAL|ERROR|SQLSTATE) ([\dA-Z]{5}),? `([A-Z]+_[A-Z_]+)`/g)]
      .filter(([, state, code = '']) => (catalogue as Record<string, { sqlstate: string }>)[code]?.sqlstate !== state)
      .map(([whole]) => `${path}: ${whole}`),
  )
  expect(wrong).toEqual([])
})

test('the exit statuses on the page of the command line are those of the catalogue and of the shell', () => {
  const shell = [0, 126, 127, 129, 143]
  const [section = ''] = /^## Exit statuses$[^]*?^## /m.exec(pageOf('docs/cli.md')) ?? []
  const told = [...section.matchAll(/^\| ([\d, ]+) \|(.*)$/gm)].flatMap(([, statuses = '', meaning = '']) =>
    [...statuses.split(', '), ...[...meaning.matchAll(/\b(1\d\d) after\b/g)].map(([, status = '']) => status)].map(
      Number,
    ),
  )
  const meant = new Set<number>([...Object.values(catalogue).map(({ exit }) => exit), ...shell])
  expect(told.toSorted((one, other) => one - other)).toEqual([...meant].toSorted((one, other) => one - other))
})
