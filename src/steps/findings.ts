/** What stands out in a target, and what has to be accepted before it is rehearsed. */
import type { DetectedTarget, Message } from '../core/index.ts'
import { messageBlock, type Sign } from '../ui/error-block.ts'
import { count, counted } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span, widthOf } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { isAcceptable, isAccepted, objectsOf } from '../wizard/consent.ts'
import { blockers } from '../wizard/openings.ts'
import type { Entry } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

/** All findings; those that wait for consent have a box. */
export function findingsBody(
  document: DetectedTarget,
  entry: Entry,
  cursor: number,
  area: Area,
): readonly Line[] {
  const blocks = document.findings.map((finding, index) => {
    const block = messageBlock(shown(finding, entry), area.width - 3, '', signOf(finding, entry))
    return block.map((content, row) =>
      line(span(row === 0 && index === cursor ? ` ${symbols.pointer}` : '  ', 'accent'), ...content),
    )
  })
  const before = blocks.slice(0, cursor).reduce((sum, block) => sum + block.length, 0)
  const all = blocks.flat().filter(content => widthOf(content) > 0)
  const focusedEnd = before + (blocks[cursor]?.length ?? 1) - 1
  const objects = objectsOf(blockers(entry).unanswered).length
  const open = objects === 0 ? '' : `, ${count(objects)} to accept: Space on each, then Enter`
  const head = [
    ...paragraph(`${counted(document.findings.length, 'finding')}${open}`, area.width, 'strong', 1),
    blank,
  ]
  return [
    ...head,
    ...listOf(all, Math.min(focusedEnd, before + area.height - 4), {
      width: area.width,
      height: area.height - head.length,
    }),
  ]
}

/** What is accepted is an object, so its name comes first. */
function shown(finding: Message, entry: Entry): Message {
  if (!isAcceptable(finding)) return finding
  const next = isAccepted(finding, entry.choices) ? '' : finding.next
  return { ...finding, object: '', message: `${finding.object}: ${finding.message}`, next }
}

/** What can be accepted has a box to tick, as what can be chosen has everywhere else. */
function signOf(finding: Message, entry: Entry): Sign | undefined {
  if (!isAcceptable(finding)) return undefined
  return isAccepted(finding, entry.choices)
    ? { sign: symbols.on, tone: 'ok' }
    : { sign: symbols.off, tone: 'danger' }
}
