/** One value: text as text, binary as hex, NULL as null; long ones cut, with their whole length. */
export type Parameter = string | null | { readonly hex: string } | { readonly cut: string; readonly bytes: number }
