/** What several screens say in the same words. */

import type { Check, DetectedIdentity, MigratedTarget, Proof } from '../core/index.ts'
import { count, counted, duration } from '../ui/format.ts'
import { type Line, line, span } from '../ui/line.ts'
import { commandFor } from '../wizard/command-for.ts'
import { type Journey, nameOf, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'

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

/** `41,234 identifiers and 613,404 references, and 22 ids of other targets` */
export function whatAreUlids({ identifiers, references, proof }: MigratedTarget): string {
  const elsewhere = proof.checks.find(check => check.id === 'across')?.count ?? 0
  const own = `${count(identifiers)} identifiers and ${counted(references, 'reference')}`
  const others = counted(elsewhere, 'id of another target', 'ids of other targets')
  if (elsewhere === 0) return own
  return identifiers + references === 0 ? others : `${own}, and ${others}`
}

/** `2 places in the source still make old ids: ulid-migrate code crackerjack`; null where that is not known, or not so. */
export function oldIdsText(wizard: Wizard, system: string): string | null {
  const old = wizard.sources[system]?.old ?? 0
  if (old === 0) return null
  const make = old === 1 ? 'makes' : 'make'
  return `${counted(old, 'place')} in the source still ${make} old ids: ${commandFor(wizard, 'code', system)}`
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

/** After a failure within a journey: what can be done with those before it, and those after it; empty where it is alone. */
export function waysOn(wizard: Wizard, { target, rest }: Journey): string {
  const { done } = wizard.book
  const others = done.filter(each => each !== target).length
  const ways = [
    ...(done.includes(target) ? [`u rolls ${nameOf(wizard, target)} back`] : []),
    ...(others > 0 ? [`b rolls back all that was migrated here: ${count(done.length)}`] : []),
    ...(rest.length > 0 ? [`${nameOf(wizard, rest[0]!)} is next`] : []),
  ]
  return others === 0 && rest.length === 0 ? '' : `The journey stops here. ${ways.join('; ')}.`
}
