/** A trace as a tree: system, target, the rows that the id names, and who refers to each. Systems and targets keep their order. */
import { formatPlace, type Trace, type TracedReference, type TracedRow } from '../core/index.ts'

export interface TracedIn {
  readonly target: string
  readonly rows: readonly { readonly row: TracedRow; readonly references: readonly TracedReference[] }[]
  /** References to what other targets name, or name no more. */
  readonly others: readonly TracedReference[]
}

export interface TracedSystem {
  /** Null where none is known. */
  readonly system: string | null
  readonly targets: readonly TracedIn[]
}

/** Only what holds anything. */
export function traceTree({ found, references, targets }: Trace): readonly TracedSystem[] {
  const systemOf = new Map([
    ...found.map(row => [row.target, row.system] as const),
    ...targets.map(each => [each.target, each.system] as const),
  ])
  const holding = new Set([...found, ...references].map(each => each.target))
  const inOrder = [...new Set([...targets.map(each => each.target), ...holding])].filter(each =>
    holding.has(each),
  )
  const systems = [...new Set(inOrder.map(target => systemOf.get(target) ?? null))]
  return systems.map(system => ({
    system,
    targets: inOrder.filter(target => (systemOf.get(target) ?? null) === system).map(inTarget),
  }))

  function inTarget(target: string): TracedIn {
    const rows = found.filter(row => row.target === target)
    const own = references.filter(each => each.target === target)
    const names = (row: TracedRow, { to, toTarget }: TracedReference) =>
      toTarget === target && to === formatPlace(row, {})
    return {
      target,
      rows: rows.map((row, at) => ({
        row,
        // Of several rows of one identity, what refers to them stands at the last.
        references: own.filter(
          each => names(row, each) && !rows.slice(at + 1).some(more => names(more, each)),
        ),
      })),
      others: own.filter(each => !rows.some(row => names(row, each))),
    }
  }
}

/** The place that refers, as flags name it. */
export function holderName(reference: TracedReference): string {
  return reference.inside ?? formatPlace(reference, {})
}
