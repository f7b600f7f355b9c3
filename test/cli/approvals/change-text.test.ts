import { expect, test } from 'vitest'
import { changeText } from '../../../src/cli/approvals/change-text.js'
import { approval } from './approval.js'

test('a request that can be read out names who asks, who may decide, until when, and how', () => {
  const one = approval('1kz0a', { groups: ['dba\u001b[1m'], text: 'DELETE\n  FROM "t\u001b"', name: 'casey\u001b[2J' })
  const text = changeText('requested', { ...one, mayDecide: true })
  expect(text).toContain('1kz0a, casey')
  expect(text).toMatch(/Approvers: 1 of dba.*Decide: hoop approvals show 1kz0a/)
  expect(text).toContain('DELETE FROM')
  expect(text).not.toContain('\u001b')
  expect(changeText('requested', { ...one, mayDecide: false })).not.toContain('Decide')
  expect(changeText('decided', { ...one, state: 'denied' })).toMatch(/is decided, denied$/)
})
