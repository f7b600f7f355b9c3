import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { catalogue, HoopError, notices, type ErrorCode, type NoticeCode } from '../../src/lib/errors.js'

const page = new URL('../../docs/errors.md', import.meta.url)
const codes = Object.keys(catalogue) as ErrorCode[]

const rendered = `# Errors

Every error has a stable code. The command line ends with the exit status (sysexits(3) where it has a word for it), the
API answers with the HTTP status and a body \`{ code, message, hint, detail? }\`, and a PostgreSQL client gets an
ErrorResponse with the SQLSTATE. This page is made from \`src/lib/catalogue.ts\`
(\`HOOP_WRITE_DOCS=1 npx vitest run test/lib\`).

Programs go by the code and never by the words. An ErrorResponse or NoticeResponse of hoop's has \`hoop/CODE\` in its
field \`R\` (routine), for example \`hoop/STATEMENT_BLOCKED\`. Drivers call it \`routine\` (pg, postgres.js, pgx),
\`getRoutine()\` (pgjdbc), \`diag.source_function\` (psycopg), \`PG_DIAG_SOURCE_FUNCTION\` (libpq); psql shows it as
LOCATION after \`\\set VERBOSITY verbose\`. Nothing that the database sends can say it: the gateway takes it out.

| code | what happened | exit | HTTP | SQLSTATE | what to do |
|---|---|---|---|---|---|
${codes
  .map((code) => {
    const { message, exit, http, sqlstate, hint } = catalogue[code]
    return `| \`${code}\` | ${message} | ${exit} | ${http} | ${sqlstate} | ${hint.replaceAll('|', '\\|')} |`
  })
  .join('\n')}

Notices tell something while the statement or the session goes on:

| code | what it tells | SQLSTATE |
|---|---|---|
${(Object.keys(notices) as NoticeCode[])
  .map((code) => `| \`${code}\` | ${notices[code].tells} | ${notices[code].sqlstate ?? 'the server’s'} |`)
  .join('\n')}
`

test('docs/errors.md is the catalogue', async () => {
  if (process.env['HOOP_WRITE_DOCS']) await writeFile(page, rendered)
  expect(await readFile(page, 'utf8')).toBe(rendered)
})

test.for(codes)('%s has a whole entry', (code) => {
  const { message, exit, http, sqlstate } = catalogue[code]
  expect(message).toMatch(/^\S.*[^.]$/)
  expect(exit).toBeGreaterThan(0)
  expect(http).toBeGreaterThanOrEqual(400)
  expect(sqlstate).toMatch(/^[0-9A-Z]{5}$/)
  expect(new HoopError(code, 'x').message).toBe(`${message}: x`)
})
