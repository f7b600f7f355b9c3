/** Stands for a claim that is to be left out. */
export const absent = '(left out)'
