/** A screen as a picture: an SVG of its own, without fonts, scripts or anything from elsewhere. */
import type { Cell } from '../e2e/terminal.ts'

const cell = { width: 8.4, height: 18 }
const margin = { side: 16, top: 38, bottom: 16 }
/** From the top of a cell to the line that letters stand on, and to its middle. */
const baseline = 13.5
const middle = 9

/** A dark terminal with a rim of its own, so that it stands out from white pages and from dark ones alike. */
const ground = '#010409'
const rim = '#3d444d'
const ink = '#e6edf3'
const faint = '#9198a1'

/** The sixteen colours, which every terminal chooses for itself. */
const colours = [
  ...['#8b949e', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#e6edf3'],
  ...['#8b949e', '#ffa198', '#aff5b4', '#f2cc60', '#a5d6ff', '#e2c5ff', '#b3f0ff', '#ffffff'],
]

interface Described {
  readonly title: string
  /** What is to be seen, for whoever does not see it. */
  readonly description: string
}

/** Draws a screen of any number of lines, as wide as its widest one. */
export function svgOf(screen: readonly (readonly Cell[])[], { title, description }: Described): string {
  const columns = Math.max(...screen.map(widthOf))
  const width = columns * cell.width + 2 * margin.side
  const height = screen.length * cell.height + margin.top + margin.bottom
  const drawn = screen.flatMap((line, row) => piecesOf(line).map(piece => drawnPiece(piece, row)))
  const dots = [20, 38, 56].map(x => `<circle cx="${x}" cy="18" r="5.5" fill="${rim}"/>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${number(width)} ${number(height)}" width="${number(width)}" height="${number(height)}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<rect x="0.5" y="0.5" width="${number(width - 1)}" height="${number(height - 1)}" rx="10" fill="${ground}" stroke="${rim}"/>
${dots.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace" font-size="14" fill="${ink}">
${drawn.join('\n')}
</g>
</svg>
`
}

/** What is drawn in one go. */
interface Piece {
  readonly text: string
  readonly column: number
  /** In cells. */
  readonly width: number
  readonly style: string
  /**
   * What may be drawn with it. Letters go together. Signs and wide characters often come from another font, which is as wide
   * as it likes: each has its own place, so that it moves nothing else.
   */
  readonly kind: 'letters' | 'sign' | keyof typeof shapes
}

/** What terminals draw by themselves, since fonts leave gaps between them. */
const shapes = {
  '─': ({ x, y, width }: Box) => rectangle(x, y + middle - 0.5, width, 1),
  '█': ({ x, y, width }: Box) => rectangle(x, y + 2, width, cell.height - 4),
  '░': ({ x, y, width }: Box) => rectangle(x, y + 2, width, cell.height - 4, ' opacity="0.3"'),
  '▌': ({ x, y, width }: Box) => rectangle(x, y + 1, width / 2, cell.height - 2),
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** Neighbours that are drawn alike, as one piece; two blanks part them, because viewers make one of several. */
function piecesOf(line: readonly Cell[]): readonly Piece[] {
  const pieces: Piece[] = []
  let column = 0
  let blanks = 0
  for (const each of line) {
    if (each.text === ' ') blanks += 1
    else {
      const next = { text: each.text, column, width: each.width, style: styleOf(each), kind: kindOf(each) }
      const last = pieces.at(-1)
      if (last !== undefined && goTogether(last, next, blanks)) {
        const text = last.text + ' '.repeat(blanks) + next.text
        pieces[pieces.length - 1] = { ...last, text, width: last.width + blanks + next.width }
      } else pieces.push(next)
      blanks = 0
    }
    column += each.width
  }
  return pieces
}

function goTogether(last: Piece, next: Piece, blanks: number): boolean {
  if (last.kind !== next.kind || last.kind === 'sign' || last.style !== next.style) return false
  return blanks <= (last.kind === 'letters' ? 1 : 0)
}

function kindOf({ text }: Cell): Piece['kind'] {
  if (text in shapes) return text as keyof typeof shapes
  return /^[\x20-\x7e]$/.test(text) ? 'letters' : 'sign'
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

/** Each piece is told how wide it is, so that columns align in any font. */
function drawnPiece({ text, column, width, style, kind }: Piece, row: number): string {
  const box = {
    x: margin.side + column * cell.width,
    y: margin.top + row * cell.height,
    width: width * cell.width,
  }
  if (kind in shapes) return shapes[kind as keyof typeof shapes](box).replace('/>', `${style}/>`)
  return `<text x="${number(box.x)}" y="${number(box.y + baseline)}" textLength="${number(box.width)}" lengthAdjust="spacingAndGlyphs"${style}>${escaped(text)}</text>`
}

function rectangle(x: number, y: number, width: number, height: number, style = ''): string {
  return `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"${style}/>`
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
