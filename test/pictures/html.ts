/** Colors of a terminal with a dark background, by their number (ECMA-48, SGR 30 to 37 and 90 to 97). */
const colors = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
]

interface Pen {
  color?: string
  bold?: boolean
  dim?: boolean
  reversed?: boolean
  underlined?: boolean
}

const change = (pen: Pen, code: number): Pen => {
  if (code === 0) return {}
  if (code === 1) return { ...pen, bold: true }
  if (code === 2) return { ...pen, dim: true }
  if (code === 4) return { ...pen, underlined: true }
  if (code === 7) return { ...pen, reversed: true }
  if (code === 22) return { ...pen, bold: false, dim: false }
  if (code === 24) return { ...pen, underlined: false }
  if (code === 27) return { ...pen, reversed: false }
  if (code >= 30 && code <= 37) return { ...pen, color: colors[code - 30]! }
  if (code >= 90 && code <= 97) return { ...pen, color: colors[code - 82]! }
  if (code === 39) return { ...pen, color: colors[7]! }
  return pen
}

const styleOf = ({ color = '#e6edf3', bold, dim, reversed, underlined }: Pen): string =>
  [
    reversed ? `background:${color};color:#0d1117` : `color:${color}`,
    ...(bold ? ['font-weight:bold'] : []),
    ...(dim ? ['opacity:.65'] : []),
    ...(underlined ? ['text-decoration:underline'] : []),
  ].join(';')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** A page with what stands on a terminal, as `tmux capture-pane -e` gives it. */
export const pageOf = (screen: string, columns: number): string => {
  let pen: Pen = {}
  const spans = screen
    .trimEnd()
    .split(/\u001b\[([\d;]*)m/)
    .map((part, at) => {
      if (at % 2 === 0) return part === '' ? '' : `<span style="${styleOf(pen)}">${escaped(part)}</span>`
      pen = part.split(';').map(Number).reduce(change, pen)
      return ''
    })
  return `<!doctype html><meta charset="utf-8"><style>
html { background: #0d1117 }
pre { margin: 16px; width: ${columns}ch; font: 15px/1.35 "DejaVu Sans Mono", monospace }
</style><pre>${spans.join('')}</pre>`
}
