import {
  type ColumnDefinitionNode,
  DataTypeNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type OperationNode,
  type QueryId,
  RawNode,
} from 'kysely'

const isOf = (type: OperationNode, name: string): boolean => DataTypeNode.is(type) && type.dataType === name

/** A copy of a column's definition without its AUTOINCREMENT. */
const withoutIncrement = ({ autoIncrement: _, ...column }: ColumnDefinitionNode): ColumnDefinitionNode => column

class Columns extends OperationNodeTransformer {
  protected override transformColumnDefinition(node: ColumnDefinitionNode, queryId?: QueryId): ColumnDefinitionNode {
    const column = super.transformColumnDefinition(node, queryId)
    if (isOf(column.dataType, 'text')) return { ...column, dataType: RawNode.createWithSql('text collate "C"') }
    if (column.autoIncrement) return { ...withoutIncrement(column), dataType: DataTypeNode.create('bigint') }
    return column
  }
}

/**
 * Columns that a migration makes mean on a server what they mean in SQLite: texts are compared by their bytes, and letters of
 * ASCII alone have a case; a number that counts up is as large as one there, and who makes it says what gives it.
 */
export const columnsAsInSqlite = (): KyselyPlugin => {
  const columns = new Columns()
  return {
    transformQuery: ({ node, queryId }) => columns.transformNode(node, queryId),
    transformResult: ({ result }) => Promise.resolve(result),
  }
}
