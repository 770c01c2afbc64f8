/** What holds for the whole target, each choice with what it means now. */
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, cell, type Line, line, paragraph, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { symbols } from '../wizard/symbols.ts'
import type { TargetChoice } from '../wizard/target-choices.ts'

const nameWidth = 15
const valueWidth = 15

export function choicesBody(choices: readonly TargetChoice[], cursor: number, area: Area): readonly Line[] {
  const focused = Math.min(cursor, choices.length - 1)
  const isWide = area.width >= wideFrom
  const indent = isWide ? 3 + nameWidth + valueWidth : 5
  const blocks = choices.map(({ name, value, means }, at) => {
    const [first = '', ...more] = paragraph(means, area.width - indent).map(content => content[1]?.text ?? '')
    const head = line(
      span(at === focused ? ` ${symbols.pointer} ` : '   ', 'accent'),
      span(cell(name, nameWidth), at === focused ? 'strong' : 'plain'),
      span(cell(value, valueWidth), 'accent'),
      ...(isWide ? [span(first, 'muted')] : []),
    )
    const below = isWide ? more : [first, ...more]
    return [head, ...below.map(text => line(' '.repeat(indent), span(text, 'muted')))]
  })
  const before = blocks.slice(0, focused).reduce((sum, block) => sum + block.length, 0)
  const head = [line(span(' What holds for the whole target', 'strong')), blank]
  return [...head, ...listOf(blocks.flat(), before, { width: area.width, height: area.height - head.length })]
}
