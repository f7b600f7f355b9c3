import { inject } from 'vitest'

/** The servers that a test runs on, by name: the suite's own, and the one that `HOOP_TEST_DATABASE_URL` names. */
export const servers = (): [name: string, url: string][] => {
  const other = inject('otherDatabaseUrl')
  return [
    ['the suite’s server', inject('databaseUrl')],
    ...(other ? [['the named server', other] as [string, string]] : []),
  ]
}
