import { expect, test } from 'vitest'
import { patiently } from '../../src/lib/patiently.js'

const failing = (code: string, times: number) => {
  let tries = 0
  return {
    work: async () => {
      if (tries++ < times) throw Object.assign(new Error(code), { code })
      return tries
    },
    tries: () => tries,
  }
}

test.for(['EMFILE', 'ENFILE', 'EAGAIN'])('%s is tried again, and what goes on for longer is thrown', async (code) => {
  expect(await patiently(failing(code, 2).work, [0, 0, 0])).toBe(3)
  const longer = failing(code, 4)
  await expect(patiently(longer.work, [0, 0, 0])).rejects.toMatchObject({ code })
  expect(longer.tries()).toBe(4)
})

test('what isn’t there, or is damaged, is thrown at once', async () => {
  for (const code of ['ENOENT', 'EIO', 'EACCES']) {
    const it = failing(code, 1)
    await expect(patiently(it.work, [0, 0])).rejects.toMatchObject({ code })
    expect(it.tries()).toBe(1)
  }
})
