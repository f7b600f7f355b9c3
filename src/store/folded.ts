/**
 * Without case in the letters of ASCII, as SQLite's lower() does it: what is compared with that must be folded by the same
 * rule, or a name with any other capital is never found.
 */
export const folded = (name: string): string => name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
