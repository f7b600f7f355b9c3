import type { PolicyConfig } from './config/schema.js'

/** Masks need to know what names mean, and so do rules: a view reads through, a function or a trigger does the forbidden. */
export const needsCatalog = ({ masks, rules }: Pick<PolicyConfig, 'masks' | 'rules'>): boolean =>
  masks.length > 0 || rules.length > 0
