import { expect, test } from 'vitest'
import { asWritten } from '../../../src/cli/exec/as-written.js'

test.for([
  ['a comment', ['db', '-- a\nSELECT 1'], ['db', '--command=-- a\nSELECT 1']],
  ['a comment without a blank', ['db', '--a=b\nSELECT 1'], ['db', '--command=--a=b\nSELECT 1']],
  ['a comment as a flag’s value', ['-c', '--a=b\nSELECT 1'], ['-c', '--a=b\nSELECT 1']],
  ['a flag with its value in one word', ['--set=a=x\ny', 'SELECT :a'], ['--set=a=x\ny', 'SELECT :a']],
  ['SQL in a flag’s word', ['--command=SELECT 1,\n2'], ['--command=SELECT 1,\n2']],
  [
    'a value like a flag that takes one',
    ['--reason', '-c', '--a=b\nSELECT 1'],
    ['--reason', '-c', '--command=--a=b\nSELECT 1'],
  ],
  ['--wait alone', ['db', '--wait', 'SELECT 1'], ['db', '--wait=forever', 'SELECT 1']],
  ['--wait at the end', ['db', 'SELECT 1', '--wait'], ['db', 'SELECT 1', '--wait=forever']],
  ['--wait with a time', ['db', '--wait', '30s', 'SELECT 1'], ['db', '--wait=30s', 'SELECT 1']],
  ['--wait=TIME', ['--wait=30s', 'SELECT 1'], ['--wait=30s', 'SELECT 1']],
  ['--wait as a reason', ['--reason', '--wait', '30s'], ['--reason', '--wait', '30s']],
] as const)('%s', ([, words, expected]) => {
  expect(asWritten(words)).toEqual(expected)
})
