/** A proof as text: failures first and open; what passed is one line, unless all is asked for. */
import type { Check, Proof } from '../../core/index.ts'
import { count } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'

function proofSummary(proof: Proof): string {
  const passed = proof.checks.filter(check => check.ok).length
  return `${proof.ok ? marks.good : marks.bad} ${passed} of ${proof.checks.length} checks passed`
}

function faults(check: Check): readonly string[] {
  return (check.faults ?? []).map(fault => `      ${printable(fault)}`)
}

function row(check: Check): readonly string[] {
  return [`${check.ok ? marks.good : marks.bad} ${check.id}`, count(check.count), check.detail]
}

/** @param title what was proved, as `rehearsal` */
export function proofReport(title: string, proof: Proof, verbose: boolean): readonly string[] {
  const failed = proof.checks.filter(check => !check.ok)
  const passed = verbose ? proof.checks.filter(check => check.ok) : []
  return [
    `  ${title}: ${proofSummary(proof)}`,
    ...failed.flatMap(check => [...columns([row(check)], ['left', 'right'], 4), ...faults(check)]),
    ...columns(passed.map(row), ['left', 'right'], 4),
  ]
}
