/**
 * Renders a Helm chart by the part of Go's templates and of helm's functions that the chart in packaging/ uses; whatever
 * else stands in a template is an error. Helm itself comes from neither npm nor Debian.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { lex } from './lex.js'
import { type Node, parseTemplate } from './tree.js'

type Value = unknown
type Values = Record<string, Value>

/** As Go's templates count it. */
const isTrue = (value: Value): boolean =>
  typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : Boolean(value)

const text = (value: Value): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const functions: Readonly<Record<string, (...args: readonly Value[]) => Value>> = {
  and: (...args) => args.find((each) => !isTrue(each)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
  gt: (a, b) => Number(a) > Number(b),
  int: (value) => Math.trunc(Number(value)),
  default: (other, value) => (isTrue(value) ? value : other),
  dict: () => ({}),
  quote: (value) => JSON.stringify(text(value)),
  printf: (format, ...args) => args.reduce<string>((all, each) => all.replace('%s', text(each)), text(format)),
  hasPrefix: (prefix, value) => text(value).startsWith(text(prefix)),
  fromYaml: (value) => (parse(text(value)) ?? {}) as Values,
  toYaml: (value) => stringify(value, { version: '1.1' }).trimEnd(),
  nindent: (by, value) => `\n${text(value).replaceAll(/^/gm, ' '.repeat(Number(by)))}`,
  required: (why, value) => {
    if (value === undefined || value === '') throw new Error(text(why))
    return value
  },
  fail: (why) => {
    throw new Error(text(why))
  },
}

class Renderer {
  readonly #named: Readonly<Record<string, readonly Node[]>>

  constructor(named: Readonly<Record<string, readonly Node[]>>) {
    this.#named = named
  }

  nodes(all: readonly Node[], dot: Value, variables: Map<string, Value>): string {
    return all.map((node) => this.#node(node, dot, variables)).join('')
  }

  #node(node: Node, dot: Value, variables: Map<string, Value>): string {
    if (node.kind === 'text') return node.text
    if (node.kind === 'value') {
      const [name = '', sign, ...rest] = node.words
      if (sign !== ':=') return text(this.#pipeline(node.words, dot, variables))
      variables.set(name, this.#pipeline(rest, dot, variables))
      return ''
    }
    const value = this.#pipeline(node.words, dot, variables)
    if (!isTrue(value)) return this.nodes(node.otherwise, dot, variables)
    if (node.kind === 'if') return this.nodes(node.body, dot, variables)
    if (node.kind === 'with') return this.nodes(node.body, value, variables)
    return (value as readonly Value[]).map((each) => this.nodes(node.body, each, variables)).join('')
  }

  /** `a b | c d`: what comes before a stroke is the last argument of what comes behind it. */
  #pipeline(words: readonly string[], dot: Value, variables: Map<string, Value>): Value {
    const operand = (word: string): Value => {
      if (/^["`]/.test(word)) return word.startsWith('"') ? (JSON.parse(word) as string) : word.slice(1, -1)
      if (/^-?\d/.test(word)) return Number(word)
      const [, start = '', path = ''] = /^(\$?\w*)((?:\.\w*)*)$/.exec(word) ?? []
      if (start !== '' && !start.startsWith('$')) throw new Error(`no operand: ${word}`)
      const from = start === '' ? dot : variables.get(start)
      return path
        .split('.')
        .filter(Boolean)
        .reduce<Value>((value, name) => (value as Values | undefined)?.[name], from)
    }
    const commands: Value[][] = [[]]
    const open: Value[][][] = []
    let all = commands
    const call = (chain: Value[][]): Value =>
      chain.reduce<Value>((before, command, at) => {
        const [first, ...args] = at === 0 ? command : [...command, before]
        return typeof first === 'function' ? (first as (...args: readonly Value[]) => Value)(...args) : first
      }, undefined)
    for (const word of words) {
      if (word === '|') all.push([])
      else if (word === '(') {
        open.push(all)
        all = [[]]
      } else if (word === ')') {
        const value = call(all)
        all = open.pop()!
        all.at(-1)!.push(value)
      } else if (word === 'include') all.at(-1)!.push((name: string, of: Value) => this.include(name, of))
      else if (Object.hasOwn(functions, word)) all.at(-1)!.push(functions[word])
      else all.at(-1)!.push(operand(word))
    }
    return call(all)
  }

  include(name: string, dot: Value): string {
    const nodes = this.#named[name]
    if (!nodes) throw new Error(`no template ${name}`)
    return this.nodes(nodes, dot, new Map([['$', dot]]))
  }
}

const merged = (base: Values, over: Values): Values =>
  Object.fromEntries(
    [...new Set([...Object.keys(base), ...Object.keys(over)])].map((name) => {
      const [own, other] = [base[name], over[name]]
      const both = [own, other].every((each) => typeof each === 'object' && each !== null && !Array.isArray(each))
      return [name, both ? merged(own as Values, other as Values) : name in over ? other : own]
    }),
  )

/**
 * What `helm template NAME CHART` gives, parsed.
 * @throws {Error} with the words of `fail` and `required`
 */
export const render = async (chart: string, name: string, over: Values = {}): Promise<Values[]> => {
  const yaml = async (file: string): Promise<Values> => parse(await readFile(join(chart, file), 'utf8')) as Values
  const about = await yaml('Chart.yaml')
  const dot = {
    Values: merged(await yaml('values.yaml'), over),
    Release: { Name: name, Namespace: 'default', Service: 'Helm' },
    Chart: Object.fromEntries(
      Object.entries(about).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]),
    ),
  }
  const files = (await readdir(join(chart, 'templates'))).sort()
  const parsed = await Promise.all(
    files.map(async (file) => parseTemplate(lex(await readFile(join(chart, 'templates', file), 'utf8')))),
  )
  const renderer = new Renderer(Object.assign({}, ...parsed.map(({ named }) => named)) as Record<string, Node[]>)
  return parsed
    .map(({ nodes }) => renderer.nodes(nodes, dot, new Map([['$', dot]])))
    .filter((document) => document.trim() !== '')
    .map((document) => parse(document, { version: '1.1' }) as Values)
}
