/** A screen as a picture: an SVG of its own, without fonts, scripts or anything from elsewhere. */
import type { Cell } from '../e2e/terminal.ts'

const cell = { width: 8.4, height: 18 }
const margin = 14

/** The sixteen colours, on the dark ground below; each is told apart from it by 4.5 to 1 at least. */
const colours = [
  ...['#8b949e', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#e6edf3'],
  ...['#8b949e', '#ffa198', '#aff5b4', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'],
]
const ground = '#0d1117'
const ink = '#e6edf3'
const faint = '#8b949e'

interface Described {
  readonly title: string
  /** What is to be seen, for whoever does not see it. */
  readonly description: string
}

/** Draws a screen. Each piece of text is told how wide it is, so that columns align in any font. */
export function svgOf(screen: readonly (readonly Cell[])[], { title, description }: Described): string {
  const columns = Math.max(...screen.map(widthOf))
  const width = columns * cell.width + 2 * margin
  const height = screen.length * cell.height + 2 * margin
  const texts = screen.flatMap((line, row) => piecesOf(line).map(piece => textOf(piece, row)))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<rect width="100%" height="100%" rx="8" fill="${ground}"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="${ink}">
${texts.join('\n')}
</g>
</svg>
`
}

interface Piece {
  readonly text: string
  readonly column: number
  readonly width: number
  readonly style: string
}

/** Neighbours that look alike, as one piece; two blanks part them, because viewers make one of several. */
function piecesOf(line: readonly Cell[]): readonly Piece[] {
  const pieces: Piece[] = []
  let column = 0
  let blanks = 0
  for (const each of line) {
    const style = styleOf(each)
    const last = pieces.at(-1)
    if (each.text === ' ') blanks += 1
    else {
      if (last !== undefined && last.style === style && blanks <= 1) {
        const text = last.text + ' '.repeat(blanks) + each.text
        pieces[pieces.length - 1] = { ...last, text, width: last.width + blanks + each.width }
      } else pieces.push({ text: each.text, column, width: each.width, style })
      blanks = 0
    }
    column += each.width
  }
  return pieces
}

/** As terminals draw their 256 colours: the sixteen, a cube of six steps a side, and greys. */
function colourOf(index: number): string {
  if (index < 16) return colours[index]!
  const at = index - 16
  const step = (of: number) => (of === 0 ? 0 : 55 + 40 * of)
  const parts =
    index < 232
      ? [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(step)
      : [0, 0, 0].map(() => 8 + 10 * (index - 232))
  return `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`
}

function styleOf({ colour, bold, dim }: Cell): string {
  const fill = colour === null ? (dim ? faint : null) : colourOf(colour)
  return [
    ...(fill === null ? [] : [` fill="${fill}"`]),
    ...(bold ? [' font-weight="bold"'] : []),
    ...(dim && colour !== null ? [' opacity="0.8"'] : []),
  ].join('')
}

function textOf({ text, column, width, style }: Piece, row: number): string {
  const x = number(margin + column * cell.width)
  const y = number(margin + row * cell.height + 13)
  return `<text x="${x}" y="${y}" textLength="${number(width * cell.width)}" lengthAdjust="spacingAndGlyphs"${style}>${escaped(text)}</text>`
}

const widthOf = (line: readonly Cell[]) => line.reduce((sum, each) => sum + each.width, 0)
const number = (value: number) => String(Math.round(value * 10) / 10)

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
