import { asHoopError } from '../../lib/errors.js'
import { readOnce } from '../../gateway/upstream/catalog/catalog-source.js'
import { anyTargetOf } from '../../gateway/upstream/login/logins.js'
import { surveyColumns, unknownColumns, unseenTable } from '../../gateway/upstream/catalog/unknown-columns.js'
import type { LoadedConfig } from '../../policy/config/load.js'
import type { Catalog } from '../../sql/catalog.js'
import { labelOf } from '../../sql/resolve.js'
import type { Finding } from './step.js'

/** Tables whose rows lie in one partition or another by a masked value. */
const parted = ({ relations, effects }: Catalog): readonly string[] =>
  [...(effects?.partitionedBy ?? [])].flatMap(([oid, attributes]) => {
    const table = relations.get(oid)
    const columns = table?.columns.filter(({ attribute }) => attributes.includes(attribute)) ?? []
    const by = columns.find(({ masked, derived }) => masked ?? derived)
    if (!table || !by) return []
    const words = `${labelOf(table)} is partitioned by ${by.name}, which is masked`
    return [`${words}: who may read one of its partitions sees in which a value lies`]
  })

/** Whether the columns that masks name are there, and whether anything beside statements shows their values. */
export const checkMaskedColumns = async (loaded: LoadedConfig): Promise<Finding> => {
  const showing = new Set<string>()
  const { unknown, unseen, unread, known } = await surveyColumns(loaded, async (connection, database, masked) => {
    const catalog = await readOnce(anyTargetOf(loaded, connection), database, { masked })
    for (const each of parted(catalog)) showing.add(each)
    return catalog
  })
  if (unknown.length > 0) throw unknownColumns(unknown)
  const [first] = unread
  if (first) throw asHoopError(first.error)
  const warnings = [...unseen.map(unseenTable), ...showing]
  if (warnings.length > 0) return { warning: warnings.join('\n') }
  return known === 0 ? 'no masks' : `${known} found in the live catalog`
}
