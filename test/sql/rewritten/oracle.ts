import type { Client } from 'pg'
import { analyse } from '../../../src/sql/analyse.js'
import type { Catalog } from '../../../src/sql/catalog.js'
import type { Analysis, Output, StatementFacts } from '../../../src/sql/facts.js'
import { bitsAt, everyNode, nodesIn, readNode, textAt, type Node } from './node-text.js'
import { ServerLineage } from './server-lineage.js'

/** What conditions may do with masked columns. */
export const ways = ['deny', 'equality', 'allow'] as const
export type Predicates = (typeof ways)[number]

export type Verdict =
  | { readonly kind: 'refused' }
  /** Whether a masked column comes out, by the server's tree. */
  | { readonly kind: 'covered'; readonly tainted: boolean }
  /** What the server's tree shows and the analyser doesn't. */
  | { readonly kind: 'missed'; readonly missed: string }

/** Offset of column numbers in a set of them (FirstLowInvalidHeapAttributeNumber in sysattr.h). */
const firstLowInvalid = -7
/** The tree of PREPARE itself, which holds the statement as it was written. */
const isUtility = (text: string): boolean => /^\(\{QUERY\s:commandType\s6\s/.test(text)

const settings = 'SET debug_print_rewritten = on; SET debug_pretty_print = off; SET client_min_messages = log'

/** The server's own rewritten tree for a statement, from the log that it sends to the client. */
export class RewrittenTrees {
  readonly #client: Client
  #logged: string[] = []

  private constructor(client: Client) {
    this.#client = client
    client.on('notice', ({ message, detail }) => {
      if (message === 'rewritten parse tree:' && detail !== undefined && !isUtility(detail)) this.#logged.push(detail)
    })
  }

  static async open(client: Client): Promise<RewrittenTrees> {
    await client.query(settings)
    return new RewrittenTrees(client)
  }

  /** @returns the query whose rows come out; nothing where the server doesn't take the statement */
  async of(sql: string): Promise<Node | undefined> {
    this.#logged = []
    try {
      await this.#client.query(`PREPARE rewritten AS ${sql}`)
    } catch {
      return undefined
    }
    const queries = this.#logged.flatMap((text) => nodesIn(readNode(text)))
    await this.#client.query('DEALLOCATE rewritten')
    return queries.find((query) => textAt(query, 'canSetTag') === 'true')
  }
}

/** Masked columns by number, with the policy's names: those that a stored column is computed from, too. */
const maskedIn = (catalog: Catalog): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...catalog.relations.values()].flatMap(({ oid, columns }) =>
      columns.flatMap(({ attribute, masked, derived }) => {
        const names = masked ? [masked.column] : (derived ?? [])
        return names.length > 0 ? [[`${oid}.${attribute}`, names] as const] : []
      }),
    ),
  )

const planned = ({ statements }: Analysis): boolean =>
  statements.length === 1 && /^(?:select|insert|update|delete|merge|values)$/.test(statements[0]?.kind ?? '')

const namesOf = (output: Output | undefined): readonly string[] => {
  if (!output || output.kind === 'clean') return []
  return output.kind === 'masked' ? [output.column] : output.columns
}

/** Columns that the server would ask a permission for, wherever in the statement: all that it reads. */
const readsMasked = (query: Node, masked: ReadonlyMap<string, unknown>): boolean =>
  everyNode(query, 'RTEPERMISSIONINFO').some((info) =>
    bitsAt(info, 'selectedCols').some((bit) => masked.has(`${textAt(info, 'relid')}.${bit + firstLowInvalid}`)),
  )

export interface Place {
  readonly trees: RewrittenTrees
  readonly catalog: Catalog
}

const attributesOf =
  (catalog: Catalog) =>
  (relation: string): readonly number[] =>
    (catalog.relations.get(Number(relation))?.columns ?? []).map(({ attribute }) => attribute)

/** What the server's tree shows and the analyser doesn't know of, in words. */
const missedBy = (
  { touchesMasked, outputs = [] }: Pick<StatementFacts, 'touchesMasked' | 'outputs'>,
  lineage: readonly (readonly string[])[],
  reads: boolean,
): string | undefined => {
  if (!touchesMasked && reads) return 'a masked column is read'
  if (outputs.length > 0 && outputs.length !== lineage.length) return `${outputs.length} columns for ${lineage.length}`
  const absent = lineage.map((names, index) => names.filter((name) => !namesOf(outputs[index]).includes(name)))
  const at = absent.findIndex((names) => names.length > 0)
  return at < 0 ? undefined : `column ${at + 1} has ${absent[at]?.join(', ')}`
}

/** Compares what the analyser says of a statement with what the server's own tree shows, for each way with conditions. */
export const compare = async (sql: string, { trees, catalog }: Place): Promise<ReadonlyMap<Predicates, Verdict>> => {
  const query = planned(analyse(sql, catalog, { predicates: 'allow' })) && (await trees.of(sql))
  if (!query) return new Map()
  const masked = maskedIn(catalog)
  const reads = readsMasked(query, masked)
  return new Map(
    ways.map((predicates): [Predicates, Verdict] => {
      const facts = analyse(sql, catalog, { predicates }).statements[0]
      if (!facts || facts.unproven) return [predicates, { kind: 'refused' }]
      const lineage = new ServerLineage(attributesOf(catalog), predicates === 'deny')
        .outputs(query)
        .map((sources) => [...sources].flatMap((source) => masked.get(source) ?? []))
      const missed = missedBy(facts, lineage, reads)
      if (missed !== undefined) return [predicates, { kind: 'missed', missed }]
      return [predicates, { kind: 'covered', tainted: lineage.some((names) => names.length > 0) }]
    }),
  )
}
