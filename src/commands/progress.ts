/**
 * Progress for logs: a line per finished phase, and inside a long phase one per 10 % or 5 s, whichever is later. The
 * clock is the events' own, so that the same events always give the same lines.
 */
import type { EngineEvent, Stamped } from '../core/index.ts'
import { count, duration } from '../ui/format.ts'
import { printable } from '../ui/printable.ts'
import { marks } from './reports/marks.ts'
import { findingReport } from './reports/message.ts'

const pauseMs = 5_000
const step = 0.1

export interface ProgressStyle {
  /** How the target is called in each line. */
  readonly name: string
  readonly verbose: boolean
  /** False where the result lists the findings anyway. */
  readonly findings: boolean
}

type Progress = Extract<EngineEvent, { type: 'progress' }>

/** @returns what to print for an event: no line for most */
export function progressLines(style: ProgressStyle): (event: Stamped<EngineEvent>) => readonly string[] {
  const name = printable(style.name)
  let lastAt = 0
  let lastShare = 0
  let lastWait = Number.NEGATIVE_INFINITY

  function moved(event: Stamped<Progress>): readonly string[] {
    const at = Date.parse(event.at)
    // 100 % is said by the phase's own last line, when it is true.
    const share = event.total > 0 ? Math.min(event.done / event.total, 0.99) : 0
    if (at - lastAt < pauseMs || share - lastShare < step) return []
    lastAt = at
    lastShare = share
    const of = `${count(event.done)} of ${count(event.total)} ${event.unit}`
    return [
      `${name}  ${event.phase}  ${Math.floor(share * 100)} %  ${of}  ${printable(event.object)}`.trimEnd(),
    ]
  }

  return event => {
    switch (event.type) {
      case 'phase':
        lastAt = Date.parse(event.at)
        lastShare = 0
        if (event.status === 'started') return style.verbose ? [`${name}  ${event.phase}  started`] : []
        return [`${name}  ${event.phase}  ${duration(event.seconds)}  ${printable(event.detail)}`.trimEnd()]
      case 'progress':
        return moved(event)
      case 'check': {
        const { check } = event
        if (check.ok && !style.verbose) return []
        const mark = check.ok ? marks.good : marks.bad
        return [`${mark} ${name}  ${check.id}  ${printable(check.detail)}`.trimEnd()]
      }
      case 'finding':
        if (!style.findings || (event.finding.severity === 'info' && !style.verbose)) return []
        return findingReport(event.finding)
      case 'waiting': {
        const at = Date.parse(event.at)
        if (at - lastWait < pauseMs) return []
        lastWait = at
        const holder = event.holder ? `: ${printable(event.holder)}` : ''
        const since = `${Math.round(event.seconds)} of at most ${event.limit} s`
        return [`${name}  waiting for ${printable(event.for)}${holder}, ${since}`]
      }
      case 'pause':
        if (event.status === 'started') return [`${name}  paused; no lock is held`]
        return [`${name}  gone on after ${duration(event.seconds)}`]
      case 'output':
        return [`${name} | ${printable(event.text)}`]
      case 'tables': {
        const still = event.missing.length > 0 ? `; still missing: ${event.missing.join(', ')}` : ''
        return [`${name}  ${printable(`tables in ${event.database}: ${event.tables.join(', ')}${still}`)}`]
      }
    }
  }
}
