/** The tables of a rewrite, each with a bar of its own. */
import type { Change } from '../core/index.ts'
import { count } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, cell, type Line, line, shorten, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { progressBar } from '../ui/progress-bar.ts'
import type { Progress } from '../wizard/progress.ts'

const nameWidth = 28
const barWidth = 20

/** @returns nothing while none of the tables is at work, or where there is no room for two of them */
export function tableBars(progress: Progress, tables: readonly Change[], area: Area): readonly Line[] {
  const { step, over } = progress
  const at = tables.findIndex(({ table }) => table === step?.object)
  if (step === null || at < 0 || area.width < wideFrom || area.height < 3 || tables.length < 2) return []
  const bar = (index: number) => {
    const { table = '', rows: total = 0 } = tables[index] ?? {}
    const isOver = index !== at && over.includes(table)
    const done = index === at ? step.done : isOver ? total : 0
    const whole = index === at && step.total > 0 ? step.total : total
    return line(
      '     ',
      span(
        cell(shorten(table, nameWidth, 'middle'), nameWidth),
        index === at ? 'strong' : done > 0 ? 'plain' : 'muted',
      ),
      ' ',
      ...progressBar(whole === 0 ? 0 : done / whole, barWidth, isOver),
      span(`   ${count(done)} of ${count(whole)} rows`, 'muted'),
    )
  }
  return listOf({ length: tables.length, at: bar }, at, area)
}
