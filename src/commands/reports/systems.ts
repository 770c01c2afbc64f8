/** What the name of a system stands for: which of its databases are there, and what was found in their place. */
import type { DetectedSystem, PlaceLookedAt } from '../../core/index.ts'
import { counted, tilde } from '../../ui/format.ts'
import { printable } from '../../ui/printable.ts'
import { columns } from './columns.ts'
import { marks } from './marks.ts'
import { findingReport } from './message.ts'

const found = {
  sqlite: [marks.good, 'SQLite'],
  empty: [marks.good, 'no tables yet'],
  duckdb: [marks.good, 'DuckDB'],
  other: [marks.none, 'neither SQLite nor DuckDB'],
  nothing: [marks.none, 'not there'],
} as const satisfies Record<PlaceLookedAt['found'], readonly [string, string]>

/** @param verbose with the places where nothing is, too */
export function systemsReport(systems: readonly DetectedSystem[], verbose: boolean): readonly string[] {
  return systems.flatMap(system => [...oneSystem(system, verbose), ''])
}

function oneSystem(system: DetectedSystem, verbose: boolean): readonly string[] {
  const folder = system.folder === null ? 'no source tree' : tilde(system.folder)
  const places = system.places.filter(place => verbose || place.found !== 'nothing')
  return [
    `${printable(system.title)}  ${counted(system.targets.length, 'database')}  ${printable(folder)}`,
    ...columns(
      places.map(place => [
        `${found[place.found][0]} ${tilde(place.path)}`,
        found[place.found][1],
        place.what,
      ]),
    ),
    ...system.findings.filter(({ code }) => code.startsWith('SYSTEM.')).flatMap(each => findingReport(each)),
  ]
}

/** For a command that works on databases: those of the systems that it does not touch, and why. */
export function leftOut(systems: readonly DetectedSystem[], targets: readonly string[]): readonly string[] {
  return systems.flatMap(({ system, title, places, findings }) => [
    ...findings.map(each =>
      each.object === system ? each.message : `${title}: left out ${tilde(each.object)}. ${each.message}`,
    ),
    ...places
      .filter(({ path, found: what }) => what === 'empty' && !targets.includes(path))
      .map(({ path }) => `${title}: left out ${tilde(path)}. It has no tables yet.`),
  ])
}
