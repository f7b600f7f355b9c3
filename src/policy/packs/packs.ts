import type { PackRule } from './pack-rule.js'
import { pgvector } from './pgvector.js'
import { production } from './production.js'

export const packNames = ['production', 'pgvector'] as const

export type PackName = (typeof packNames)[number]

/** Rules that come with hoop, by the name under which a policy asks for them. */
export const packs: Readonly<Record<PackName, readonly PackRule[]>> = { production, pgvector }
