import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { policySection } from '../../src/policy/config/sections/policy.js'
import { PolicyGuard } from '../../src/policy/guard.js'
import { initParser, parseNormalized, type ParsedNormalized } from '../../src/sql/parser.js'
import { parseInParts } from '../../src/sql/parser/parts.js'
import { askerOf } from './asker.js'

beforeAll(initParser)

const guardOf = (statements?: number): PolicyGuard =>
  new PolicyGuard({
    statements,
    policy: policySection.parse({ packs: ['production'] }),
    clear: false,
    source: undefined,
    maskKey: Buffer.alloc(32, 1),
  })

const many = 'select 1;'.repeat(20_000)

/** How often others had their turn while something was awaited. */
const turnsOf = async (work: Promise<unknown> | undefined): Promise<number> => {
  let turns = 0
  let done = false
  const look = (): void => {
    turns++
    if (!done) setImmediate(look)
  }
  setImmediate(look)
  await work
  done = true
  return turns
}

test('20,000 statements in one text are looked at in turns, between which others have theirs', async () => {
  const guard = guardOf()
  const turns = await turnsOf(guard.prepare(many, 'ana'))
  const decision = guard.decide(many, askerOf())
  expect(decision.kind === 'allow' && decision.statements).toHaveLength(20_000)
  expect(turns).toBeGreaterThan(3)
})

test('of a text with more statements than one may have, nothing is allowed, however long it is', async () => {
  const limited = { kind: 'refuse', error: { code: 'STATEMENTS_LIMIT', sqlstate: '54000', about: '3 may be in one' } }
  const guard = guardOf(3)
  expect(guard.decide('select 1; select 2; select 3', askerOf()).kind).toBe('allow')
  expect(guard.decide('select 1; select 2; select 3; select 4', askerOf())).toMatchObject(limited)
  await guard.prepare(many, 'ana')
  expect(guard.decide(many, askerOf())).toMatchObject(limited)
  expect(guardOf().decide(many, askerOf()).kind).toBe('allow')
})

test('a short text needs no preparing, and one that nobody prepared gets the same decision', async () => {
  const guard = guardOf()
  expect(guard.prepare('select 1', 'ana')).toBeUndefined()
  const unprepared = guardOf().decide(`${many} drop table x`, askerOf())
  await guard.prepare(`${many} drop table x`, 'ana')
  expect(guard.decide(`${many} drop table x`, askerOf())).toEqual(unprepared)
  expect(unprepared).toMatchObject({ kind: 'refuse', rule: expect.any(String) as string })
})

/** Semicolons that end statements, and semicolons that don't. */
const pieces = [
  ...['select 1;', ';', ' ', "select ';';", '-- a; b\n', '-- a; b', '/* ; */', 'select $$;$$;', "select 'é;';"],
  ...['select "a;b";', 'create function f() returns int begin atomic select 1; select 2; end;', 'begin;', 'commit;'],
  ...[
    'create rule r as on insert to t do also (select 1; select 2);',
    "select E'\\';';",
    'select (1;',
    'select 1 -- ;',
  ],
  ...["create function g() returns int language sql as 'select 1; select 2;';", 'do $x$ begin perform 1; end $x$;'],
  ...["select U&'\\0041;' UESCAPE '\\';", "select 'a'\n'b;c';", 'insert into t values (1, 2);'],
]

/** So many characters of statements. */
const filler = (length: number): string => 'select 1;'.repeat(length / 9) + ' '.repeat(length % 9)

test('a text that is parsed in parts has the statements, and the mistakes, that it has as a whole', () => {
  let cut = 0
  const tricky = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(fc.nat(120), tricky, fc.nat(120), tricky, (before, first, between, second) => {
      const text = `${filler(8_192 - before)}${first.join('')}${filler(8_192 - between)}${second.join('')}\n;${filler(900)}`
      const whole = parseNormalized(text)
      const parts: ParsedNormalized[][] = []
      const all = parseInParts(text)
      let step = all.next()
      for (; !step.done; step = all.next()) parts.push([...step.value])
      expect(step.value ?? { ok: true, statements: parts.flat() }).toEqual(whole)
      if (parts.length > 1) cut++
    }),
    { numRuns: 150 },
  )
  expect(cut).toBeGreaterThan(20)
})

test('a text of a single long statement is one part', () => {
  const text = `insert into t values ${Array(5_000).fill("(1, ';')").join(',')}`
  expect([...parseInParts(text)].map(({ length }) => length)).toEqual([1])
})
