import { expect, test } from 'vitest'
import { SearchPath } from '../../../../src/gateway/relay/machine/server/search-path.js'

const usual = '"$user", public'

test('the path that the server gives everybody is not said, another is, and the way back is seen', () => {
  const path = new SearchPath(usual)
  expect(path.other).toBeUndefined()
  path.report('search_path', 'tenant')
  expect(path.other).toBe('tenant')
  path.report('search_path', usual)
  expect(path.other).toBeUndefined()
  expect(new SearchPath(undefined, 'mine').other).toBe('mine')
})

test('of a login that is not everybody’s the path is always said: it may be its role’s own', () => {
  expect(new SearchPath('tenant, public', undefined, false).other).toBe('tenant, public')
  expect(new SearchPath(usual, undefined, false).other).toBe(usual)
})
