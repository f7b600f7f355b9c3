import type { Fault } from './fault.js'
import { ofConfiguration } from './faults/configuration.js'
import { ofDatabase } from './faults/database.js'
import { ofLimits } from './faults/limits.js'
import { ofLogins } from './faults/logins.js'
import { ofProcesses } from './faults/processes.js'
import { ofRecordings } from './faults/recordings.js'
import { ofStore } from './faults/store.js'

export const faults: readonly Fault[] = [
  ofRecordings,
  ofStore,
  ofDatabase,
  ofProcesses,
  ofLogins,
  ofConfiguration,
  ofLimits,
].flat()
