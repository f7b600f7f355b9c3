import { expect, test } from 'vitest'
import { variablesOf } from '../../../src/cli/exec/variables.js'

test('an error names the variable and never shows its value', () => {
  expect(() => variablesOf(['pass-word=hunter2'])).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: expect.stringContaining('--set pass-word is no name=value') as string,
    }) as Error,
  )
  for (const given of [['pass-word=hunter2'], ['pw=hunter2', 'pw=hunter2'], ['=hunter2'], ['hunter2']])
    expect(() => variablesOf(given)).toThrow(/^(?!.*hunter2)/s)
})
