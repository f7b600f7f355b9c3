import { expect, test } from 'vitest'
import { walkReadme } from './readme.js'
import { ownHoop } from './shell.js'
import { walkOf } from './walk.js'
import { setWorld } from './world.js'

/** A dozen commands and a gateway, one after the other, on a machine that may be busy. */
const patient = 300_000
const page = walkOf('README.md')

test('README’s way to a gateway in front of a database works as it is written', { timeout: patient }, async () => {
  await using world = await setWorld(ownHoop)
  await walkReadme(page, world)
})

test('every other block of code on README has a reason not to be run here', () => {
  page.leave({
    'agent ══HTTPS': 'a drawing',
    'npm ci && npm run demo': 'test/e2e/demo.test.ts runs the demo; npm ci came before this test',
    'casey$ hoop login':
      'what the demo printed: test/e2e/demo.test.ts runs it, and its steps look for what is promised',
    'npm cit': 'is what runs this test',
  })
  expect(page.missing()).toEqual([])
})
