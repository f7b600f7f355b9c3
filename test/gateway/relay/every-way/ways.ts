import { send } from '../wire-client.js'

/** Where a statement gets its name, or that it has none. */
export type Origin =
  | 'no name'
  | 'unnamed Parse'
  | 'named Parse'
  | 'PREPARE'
  | 'DECLARE'
  | 'portal with a row limit'
  | 'portal that FETCH reads'
  | 'COPY'

/** By which message it is run. */
export type Run = 'Query' | 'Execute' | 'Bind of the name' | 'EXECUTE' | 'FETCH' | 'pipeline'

export interface Way {
  /** Each is answered by one ReadyForQuery before the next is sent. */
  readonly before: (text: string) => readonly (readonly Buffer[])[]
  readonly run: (text: string) => readonly Buffer[]
  /** ReadyForQuery that answer it. */
  readonly ready?: number
  /** It only goes on with what a statement opened that returns nothing: nobody is asked for more. */
  readonly goesOn?: true
}

const none = () => []
const begin = [send.query('BEGIN')]
const run = (name = '') => [send.bind([], { name }), send.execute(), send.sync()]
const one = [send.parse('SELECT 1'), send.bind(), send.execute()]
const copy = (text: string) => `COPY (${text}) TO STDOUT`
const prepared = (text: string) => [[send.query(`PREPARE p AS ${text}`)]]
const declared = (text: string) => [begin, [send.query(`DECLARE c CURSOR FOR ${text}`)]]

/** Every origin by every run; a text in place of a way says why the protocol has none. */
export const ways: Readonly<Record<Origin, Readonly<Record<Run, Way | string>>>> = {
  'no name': {
    Query: { before: none, run: (text) => [send.query(text)] },
    Execute: 'Execute needs a portal',
    'Bind of the name': 'there is no name',
    EXECUTE: 'there is no name',
    FETCH: 'there is no name',
    pipeline: { before: none, run: (text) => [...one, send.sync(), send.query(text)], ready: 2 },
  },
  'unnamed Parse': {
    Query: 'Query has its own text',
    Execute: { before: none, run: (text) => [send.parse(text), ...run()] },
    'Bind of the name': { before: (text) => [[send.parse(text), send.sync()]], run: () => run() },
    EXECUTE: 'SQL can’t name the unnamed statement',
    FETCH: 'SQL can’t name the unnamed portal',
    pipeline: { before: none, run: (text) => [...one, send.parse(text), ...run()] },
  },
  'named Parse': {
    Query: 'Query has its own text',
    Execute: { before: none, run: (text) => [send.parse(text, 'p'), ...run('p')] },
    'Bind of the name': { before: (text) => [[send.parse(text, 'p'), send.sync()]], run: () => run('p') },
    EXECUTE: { before: (text) => [[send.parse(text, 'p'), send.sync()]], run: () => [send.query('EXECUTE p')] },
    FETCH: 'a prepared statement is no cursor',
    pipeline: { before: none, run: (text) => [send.parse(text, 'p'), ...one, ...run('p')] },
  },
  PREPARE: {
    Query: { before: none, run: (text) => [send.query(`PREPARE p AS ${text}; EXECUTE p`)] },
    Execute: { before: prepared, run: () => [send.parse('EXECUTE p'), ...run()] },
    'Bind of the name': { before: prepared, run: () => run('p') },
    EXECUTE: { before: prepared, run: () => [send.query('EXECUTE p')] },
    FETCH: 'a prepared statement is no cursor',
    pipeline: { before: prepared, run: () => [...one, ...run('p')] },
  },
  DECLARE: {
    Query: 'a cursor is read by FETCH, or by Execute of its portal',
    Execute: { before: declared, run: () => [send.execute('c', 2), send.execute('c'), send.sync()], goesOn: true },
    'Bind of the name': 'Bind names statements, and a cursor is a portal',
    EXECUTE: 'EXECUTE names statements, and a cursor is a portal',
    FETCH: { before: declared, run: () => [send.query('FETCH ALL FROM c')] },
    pipeline: { before: declared, run: () => [...one, send.execute('c'), send.sync()], goesOn: true },
  },
  'portal with a row limit': {
    Query: 'Query has no portal',
    Execute: {
      before: (text) => [begin, [send.parse(text), send.bind([], { portal: 'q' }), send.sync()]],
      run: () => [send.execute('q', 2), send.execute('q'), send.sync()],
    },
    'Bind of the name': {
      before: (text) => [begin, ...prepared(text)],
      run: () => [send.bind([], { name: 'p', portal: 'q' }), send.execute('q', 2), send.execute('q'), send.sync()],
    },
    EXECUTE: 'EXECUTE has no row limit',
    FETCH: 'the next row',
    pipeline: {
      before: () => [begin],
      run: (text) => [
        ...one,
        send.parse(text),
        send.bind([], { portal: 'q' }),
        send.execute('q', 2),
        send.execute('q'),
        send.sync(),
      ],
    },
  },
  'portal that FETCH reads': {
    Query: 'FETCH is the query',
    Execute: {
      before: (text) => [begin, [send.parse(text), send.bind([], { portal: 'q' }), send.sync()]],
      run: () => [send.parse('FETCH ALL FROM q'), ...run()],
    },
    'Bind of the name': 'Bind names statements',
    EXECUTE: 'EXECUTE names statements',
    FETCH: {
      before: (text) => [begin, [send.parse(text), send.bind([], { portal: 'q' }), send.sync()]],
      run: () => [send.query('FETCH ALL FROM q')],
    },
    pipeline: {
      before: (text) => [begin, [send.parse(text), send.bind([], { portal: 'q' }), send.sync()]],
      run: () => [...one, send.parse('FETCH ALL FROM q'), ...run()],
    },
  },
  COPY: {
    Query: { before: none, run: (text) => [send.query(copy(text))] },
    Execute: { before: none, run: (text) => [send.parse(copy(text)), ...run()] },
    'Bind of the name': {
      before: (text) => [[send.parse(copy(text), 'p'), send.sync()]],
      run: () => run('p'),
    },
    EXECUTE: 'COPY can’t be prepared by SQL',
    FETCH: 'COPY is no cursor',
    pipeline: { before: none, run: (text) => [...one, send.parse(copy(text)), ...run()] },
  },
}
