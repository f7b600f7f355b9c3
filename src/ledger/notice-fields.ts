type Value = string | number

/**
 * What a notice may say besides its sentence. What an event's fields have beyond these (a reason that somebody wrote, votes with
 * their words) is for a channel's readers and for auditors: it would outlive an erasure in the ledger, and go on to other systems.
 */
const allowed: ReadonlySet<string> = new Set([
  // Of the store, that somebody has edited.
  'row',
  ...['connection', 'state', 'from', 'databases', 'policies', 'codes'],
  ...['person', 'owner', 'issuer', 'session', 'budget', 'unit', 'limit', 'rows', 'bytes', 'vectors', 'unusual_from'],
  ...['Request', 'Person', 'Connection', 'Rule', 'Approvers', 'Address', 'Kind', 'Session'],
])

/** The fields that are entered, and told to others: of older leaves too, which were entered with whatever was there. */
export const noticeFields = (fields: Readonly<Record<string, Value | undefined>>): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(fields).filter((each): each is [string, Value] => allowed.has(each[0]) && each[1] !== undefined),
  )
