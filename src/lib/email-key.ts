/** Those outside of ASCII of which NFC makes one of ASCII's: the Kelvin sign a K, and two of Greek's marks. */
const lookalikes = /([\u212A\u037E\u1FEF])/

const folded = (text: string): string => text.normalize('NFC').toLowerCase().normalize('NFC')

/**
 * What an e-mail address is compared by: without case, and the same however its letters are put together (Unicode's NFC). `É` may
 * come as one character or as two, and what a provider and a directory each send need not agree. What isn't in ASCII never
 * equals what is, or the address of one person (mi\u212Ae@…) would be another's (mike@…).
 */
export const emailKey = (address: string): string =>
  address
    .split(lookalikes)
    .map((part) => (lookalikes.test(part) ? part : folded(part)))
    .join('')
