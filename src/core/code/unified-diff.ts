/** The difference of a file as a patch. What changed is known, so nothing has to be compared. */
import { applyEdits, type Edit, sortedEdits } from './edits.ts'

const around = 3

/** An edit, and why it is made; shown behind the `@@` of its hunk, where `patch` and `git apply` look past it. */
export interface ExplainedEdit extends Edit {
  readonly why: string
}

/** Lines that change together: of the old text, from and up to. */
interface Block {
  readonly from: number
  readonly to: number
  readonly edits: readonly ExplainedEdit[]
}

/**
 * @param name as it stands in both headers, with slashes
 * @param made whether the file is a new one
 */
export function unifiedDiff(
  name: string,
  text: string,
  edits: readonly ExplainedEdit[],
  made = false,
): string {
  if (edits.length === 0) return ''
  const lines = linesOf(text)
  const starts = startsOf(lines)
  const blocks = blocksOf(edits, lines, starts).map(block => {
    const start = starts[block.from]!
    const old = lines.slice(block.from, block.to)
    const own = block.edits.map(edit => ({ ...edit, start: edit.start - start, end: edit.end - start }))
    return { ...block, old, now: linesOf(applyEdits(old.join(''), own)) }
  })
  const out = [made ? '--- /dev/null' : `--- a/${name}`, `+++ b/${name}`]
  let shift = 0
  for (let index = 0, end: number; index < blocks.length; index = end) {
    end = index + 1
    while (end < blocks.length && blocks[end]!.from - blocks[end - 1]!.to <= 2 * around) end += 1
    const hunk = blocks.slice(index, end)
    const from = Math.max(0, hunk[0]!.from - around)
    const to = Math.min(lines.length, hunk.at(-1)!.to + around)
    const body: string[] = []
    let at = from
    for (const block of hunk) {
      body.push(...lines.slice(at, block.from).map(line => shown(' ', line)))
      body.push(...block.old.map(line => shown('-', line)), ...block.now.map(line => shown('+', line)))
      at = block.to
    }
    body.push(...lines.slice(at, to).map(line => shown(' ', line)))
    const grown = hunk.reduce((sum, block) => sum + block.now.length - block.old.length, 0)
    const why = new Set(hunk.flatMap(block => block.edits.map(edit => edit.why)).filter(Boolean))
    const ranges = `@@ -${range(from, to - from)} +${range(from + shift, to - from + grown)} @@`
    out.push([ranges, ...why].join(' '), ...body)
    shift += grown
  }
  return `${out.join('\n')}\n`
}

function blocksOf(
  edits: readonly ExplainedEdit[],
  lines: readonly string[],
  starts: readonly number[],
): readonly Block[] {
  const blocks: Block[] = []
  for (const edit of sortedEdits(edits) as readonly ExplainedEdit[]) {
    const [from, to] = linesTouched(edit, lines, starts)
    const last = blocks.at(-1)
    if (last === undefined || from > last.to) blocks.push({ from, to, edits: [edit] })
    else
      blocks[blocks.length - 1] = { from: last.from, to: Math.max(to, last.to), edits: [...last.edits, edit] }
  }
  return blocks
}

/** An insertion between lines, and a deletion of whole lines, touch no other line. */
function linesTouched(
  edit: Edit,
  lines: readonly string[],
  starts: readonly number[],
): readonly [from: number, to: number] {
  const first = lineAt(edit.start, starts)
  const unended = first === lines.length && lines.length > 0 && !lines.at(-1)!.endsWith('\n')
  if (unended) return [first - 1, first]
  const between = (offset: number) => starts[lineAt(offset, starts)] === offset
  const whole = between(edit.start) && between(edit.end) && (edit.text === '' || edit.text.endsWith('\n'))
  if (whole) return [first, lineAt(edit.end, starts)]
  return [first, Math.min(lineAt(Math.max(edit.start, edit.end - 1), starts) + 1, lines.length)]
}

/** The line that holds this offset; the number of lines for the end of the text. */
function lineAt(offset: number, starts: readonly number[]): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle + 1]! > offset) high = middle
    else low = middle + 1
  }
  return low
}

function startsOf(lines: readonly string[]): readonly number[] {
  const starts = [0]
  for (const line of lines) starts.push(starts.at(-1)! + line.length)
  return starts
}

function range(from: number, count: number): string {
  return count === 0 ? `${from},0` : count === 1 ? `${from + 1}` : `${from + 1},${count}`
}

function shown(mark: string, line: string): string {
  return line.endsWith('\n') ? `${mark}${line.slice(0, -1)}` : `${mark}${line}\n\\ No newline at end of file`
}

/** With their ends; a text that ends with one has no empty line behind it. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
