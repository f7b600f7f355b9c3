/** What a metric is, for whoever reads it: also the rows of docs/metrics.md. */
export interface Definition {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Their values come from `hoop.yaml` (connections, rules) or from lists in this program, never from people or statements. */
  readonly labels: readonly string[]
}
