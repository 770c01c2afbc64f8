/** What several screens say in the same words. */
import type { Check, DetectedIdentity, Proof } from '../core/index.ts'
import { counted, duration } from '../ui/format.ts'
import { type Line, line, span } from '../ui/line.ts'
import { targetName } from '../ui/target-name.ts'
import type { Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

export function nameOf(wizard: Wizard, target: string): string {
  return targetName(
    target,
    wizard.entries.map(entry => entry.target),
  )
}

export function spinner(wizard: Wizard): string {
  return symbols.spinner[Math.floor(wizard.now / 250) % symbols.spinner.length]!
}

/** `| Reading tables and rows, 1.2 s` */
export function busy(wizard: Wizard, what: string, since: number): Line {
  const elapsed = duration(Math.max(0, wizard.now - since) / 1000)
  return line(' ', span(spinner(wizard), 'accent'), ` ${what}`, span(`   ${elapsed}`, 'muted'))
}

/** `✓ 17 of 17` */
export function verdict(proof: Proof): string {
  const passed = proof.checks.filter(check => check.ok).length
  return `${proof.ok ? symbols.done : symbols.bad} ${passed} of ${proof.checks.length}`
}

export function columnName(place: { readonly table: string; readonly column: string }): string {
  return `${place.table}.${place.column}`
}

export function orphansOf(identity: DetectedIdentity): number {
  return identity.references
    .filter(reference => reference.choice === 'accepted')
    .reduce((sum, reference) => sum + reference.orphans, 0)
}

/** Failures first, then as they were made. */
export function failuresFirst(checks: readonly Check[]): readonly Check[] {
  return [...checks.filter(check => !check.ok), ...checks.filter(check => check.ok)]
}

export function positionInJourney(journey: {
  readonly rest: readonly string[]
  readonly of: number
}): string {
  return journey.of > 1 ? `  (${journey.of - journey.rest.length} of ${counted(journey.of, 'target')})` : ''
}
