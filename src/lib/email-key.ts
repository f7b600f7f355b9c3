/**
 * What an e-mail address is compared by: without case, and the same however its letters are put together (Unicode's NFC). `É` may
 * come as one character or as two, and what a provider and a directory each send need not agree.
 */
export const emailKey = (address: string): string => address.normalize('NFC').toLowerCase().normalize('NFC')
