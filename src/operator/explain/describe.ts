import type { Client, Connection, Submittable } from 'pg'
import type { Field } from '../../wire/backend.js'

/** As the driver hands out RowDescription. */
interface DriverField {
  readonly name: string
  readonly tableID: number
  readonly columnID: number
  readonly dataTypeID: number
  readonly dataTypeSize: number
  readonly dataTypeModifier: number
}

const fieldOf = (field: DriverField): Field => ({
  name: field.name,
  table: field.tableID,
  attribute: field.columnID,
  type: field.dataTypeID,
  size: field.dataTypeSize,
  modifier: field.dataTypeModifier,
  format: 0,
})

/** Parse, Describe and Sync, which run nothing. The driver calls the handlers. */
class Description implements Submittable {
  readonly fields: Promise<readonly Field[]>
  #fields: readonly Field[] = []
  #resolve: (fields: readonly Field[]) => void = () => undefined
  #reject: (error: Error) => void = () => undefined
  #failed = false
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    this.fields = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  submit = (connection: Connection): void => {
    connection.parse({ name: '', text: this.#text, types: [] }, true)
    connection.describe({ type: 'S', name: '' }, true)
    connection.sync()
  }

  handleRowDescription({ fields }: { fields: readonly DriverField[] }): void {
    this.#fields = fields.map(fieldOf)
  }

  handleError(error: Error): void {
    this.#failed = true
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    if (!this.#failed) this.#resolve(this.#fields)
  }
}

/**
 * The columns that a statement would return, by the server's own word. It is parsed and described, and not run.
 * @throws what the server says against it
 */
export const describeStatement = (client: Client, text: string): Promise<readonly Field[]> =>
  client.query(new Description(text)).fields
