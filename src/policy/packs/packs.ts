import type { RuleConfig } from '../config/policy/rules.js'
import { pgvector } from './pgvector.js'
import { production } from './production.js'

export type PackRule = Omit<RuleConfig, 'pack'>

export const packNames = ['production', 'pgvector'] as const

export type PackName = (typeof packNames)[number]

/** Rules that come with hoop, by the name under which a policy asks for them. */
export const packs: Readonly<Record<PackName, readonly PackRule[]>> = { production, pgvector }
