import { beforeAll, expect, test } from 'vitest'
import { initParser, parsePlpgsql } from '../../../src/sql/parser.js'
import { recordDefaults } from '../../../src/sql/parser/record-defaults.js'

beforeAll(initParser)

const defaults = (body: string): readonly string[] => {
  const tree = parsePlpgsql(`CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$${body}$body$`)
  expect(tree, body).toBeDefined()
  return recordDefaults(tree, body).map((each) => each.trim())
}

test.for([
  'DECLARE r record := (SELECT 1); BEGIN END',
  'DECLARE r RECORD not null DEFAULT (SELECT 1); BEGIN END',
  'DECLARE r public/* x := /* */ */. names = (SELECT 1); BEGIN END',
  'DECLARE r public --\n. names := (SELECT 1); BEGIN END',
  'DECLARE r CONSTANT pg_catalog."record" := (SELECT 1); BEGIN END',
  'DECLARE r names := (SELECT 1); s record; BEGIN s := 2; END',
  "DECLARE a text := $q$it's$q$; b text := E'\\''; r U&\"\\0072ecord\" := (SELECT 1); BEGIN END",
  'DECLARE a$b$c int; BEGIN DECLARE r record/**/:=(SELECT 1); BEGIN END; END',
])('what a record is set to where it is declared: %s', (body) => expect(defaults(body)).toEqual(['(SELECT 1)']))

test.for([
  'DECLARE r record; n int := 3; BEGIN r := 3; END',
  'DECLARE my_record record; BEGIN my_record := 1; my_record.x = 2; END',
  "DECLARE r record; s text := 'r record := 1'; BEGIN /* r record := 1; */ END",
])('nothing: %s', (body) => expect(defaults(body)).toEqual([]))
