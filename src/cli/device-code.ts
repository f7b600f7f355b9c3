import { span } from './text.js'

/** What `hoop login` shows while it waits. */
export interface ShownCode {
  readonly url: string
  readonly completeUrl?: string
  readonly userCode: string
  readonly expiresAt: string
}

/** The instructions in plain words, and a QR code where somebody may point a telephone at the screen. */
export async function deviceCodeText(code: ShownCode, qr: boolean): Promise<string> {
  const lines = [
    `Open   ${code.url}`,
    `Enter  ${code.userCode}`,
    ...(code.completeUrl === undefined ? [] : [`or open ${code.completeUrl} and compare the code`]),
    `The code is good for ${span(Date.parse(code.expiresAt) - Date.now())}.`,
  ]
  if (!qr) return lines.join('\n')
  const { renderUnicodeCompact } = await import('uqr')
  return `${renderUnicodeCompact(code.completeUrl ?? code.url, { border: 1 })}\n${lines.join('\n')}`
}
