/** What an operator should know before anything is changed: blockers first, then warnings, then notes. */

import type { DetectedIdentity, DetectedTarget } from '../documents.ts'
import { countOf } from '../engines/sqlite/count.ts'
import { onNetwork } from '../engines/sqlite/recognise.ts'
import { formatPlace } from '../inside/selector.ts'
import type { Message } from '../message.ts'
import type { Choices } from '../requests.ts'
import { formatColumnPath, quoteName } from '../schema/names.ts'
import { inShell } from '../shell.ts'
import { knownSchemaFor } from '../systems/known-schemas.ts'
import { withCommas } from '../with-commas.ts'
import type { Looking, Seen } from './detect.ts'
import { schemaFindings } from './schema-findings.ts'
import type { UlidColumn } from './ulid-names.ts'
import { amount } from './values.ts'

const severities = ['blocker', 'warning', 'info'] as const

export function findingsOf(
  looking: Looking,
  document: DetectedTarget,
  seen: readonly Seen[],
  strategy: 'replace' | 'expand',
  choices: Choices,
  ulidColumns: readonly UlidColumn[],
): readonly Message[] {
  const findings = [
    ...(document.state === 'empty' ? [emptyTarget(document.target)] : []),
    ...hardLinks(looking),
    ...onMount(looking),
    ...hotJournal(looking),
    ...seen.flatMap(each => [
      ...(each.owner === null ? [...mixedColumn(looking, each), ...mixedCase(looking, each)] : []),
      ...offeredReferences(each.identity),
      ...orphans(each.identity),
      ...halfExpanded(looking, each, strategy),
    ]),
    ...schemaFindings(looking, document, strategy, choices, ulidColumns),
  ]
  return severities.flatMap(severity => findings.filter(finding => finding.severity === severity))
}

function emptyTarget(target: string): Message {
  const known = knownSchemaFor(target)
  return {
    code: 'TARGET.NO_TABLES',
    severity: 'blocker',
    object: target,
    message: 'There are no tables yet: initialize first.',
    why: known
      ? `By its place it belongs to ${known.system}, which makes its tables when it first runs: ${known.command}`
      : 'The application that owns it has not made its schema.',
    next: known
      ? inShell`ulid-migrate initialize ${target}`
      : 'Start the application once, so that it makes its tables.',
  }
}

function hardLinks({ file, target }: Looking): Message[] {
  if (file.links < 2) return []
  return [
    {
      code: 'TARGET.HARD_LINKED',
      severity: 'warning',
      object: target,
      message: `The file has ${file.links} names (hard links).`,
      why: 'SQLite keeps its journal beside the name that was opened; a program that uses the other name would not see it.',
      next: 'Make sure that only one of the names is in use.',
    },
  ]
}

function onMount({ file, target }: Looking): Message[] {
  const { type, reach } = file.mount
  if (reach === 'local' || (reach === 'host' && !file.wal)) return []
  if (reach === 'network' && file.wal) {
    const { exit: _, ...blocker } = onNetwork(target, type).failure
    return [blocker]
  }
  return [
    {
      code: 'TARGET.SHARED_MOUNT',
      severity: 'warning',
      object: target,
      message:
        reach === 'host'
          ? `The file is in WAL mode in a folder of the host machine (${type}).`
          : `The file is on a network mount (${type}).`,
      why: 'The locks that keep programs apart may not reach across machines; then another one could write in the middle of the run.',
      next: 'Stop the programs on the other machines first, or work on a copy on a local disk.',
    },
  ]
}

function hotJournal({ db, file, target }: Looking): Message[] {
  if (file.engine !== 'sqlite' || file.empty || file.wal || db.name === file.path) return []
  return [
    {
      code: 'TARGET.HOT_JOURNAL',
      severity: 'warning',
      object: target,
      message: 'A program was stopped in the middle of a transaction.',
      why: 'Its journal is still there; SQLite rolls it back when the file is next opened for writing. What is shown was read from a copy where that was done.',
      next: 'Nothing to do: migrate opens the file in the regular way, which recovers it.',
    },
  ]
}

function mixedColumn({ target }: Looking, { identity, values }: Seen): Message[] {
  const ulids = amount(values.kinds, 'ulid', 'ulid-lower')
  if (ulids === 0 || ulids >= values.rows - values.nulls) return []
  return [
    {
      code: 'IDENTITY.HALF_MIGRATED',
      severity: 'info',
      object: formatColumnPath(identity.table, identity.column),
      message: `${withCommas(ulids)} of ${withCommas(values.rows)} values are ULIDs already.`,
      why: 'Somebody began before, or two programs write to it. Those values stay; only the others change.',
      next: inShell`See what would happen: ulid-migrate dry-run ${target}`,
    },
  ]
}

function mixedCase({ db }: Looking, { identity, values }: Seen): Message[] {
  const lower = amount(values.kinds, 'ulid-lower')
  const upper = amount(values.kinds, 'ulid')
  if (lower === 0 || upper === 0) return []
  const c = quoteName(identity.column)
  const pairs = countOf(
    db,
    `SELECT count(*) FROM (SELECT 1 FROM ${quoteName(identity.table)} WHERE typeof(${c}) = 'text' GROUP BY upper(${c}) HAVING count(*) > 1)`,
  )
  return [
    {
      code: pairs > 0 ? 'IDENTITY.SAME_BUT_FOR_CASE' : 'IDENTITY.MIXED_CASE',
      severity: pairs > 0 ? 'blocker' : 'warning',
      object: formatColumnPath(identity.table, identity.column),
      message:
        pairs > 0
          ? `${pairs} ULIDs are there twice, once in each letter case.`
          : `${upper} ULIDs are in upper case and ${lower} in lower case.`,
      why: 'SQLite compares and sorts text with case, so one column needs one case.',
      next:
        pairs > 0
          ? `Decide which rows to keep, or leave it: --skip ${formatColumnPath(identity.table, identity.column)}`
          : 'Choose one: --case upper or --case lower',
    },
  ]
}

function offeredReferences(identity: DetectedIdentity): Message[] {
  if (!identity.migrate) return []
  return identity.references
    .filter(reference => reference.choice === 'offered' && reference.matched > 0)
    .map(reference => ({
      code: 'REFERENCE.NOT_FOLLOWED',
      severity: 'warning' as const,
      object: formatPlace(reference, reference),
      message: `${reference.matched === 1 ? '1 value names a row' : `${withCommas(reference.matched)} values name rows`} of ${formatColumnPath(identity.table, identity.column)}, and would keep the old ids.`,
      why: reference.why,
      next: inShell`Follow it: --reference ${`${formatPlace(reference, reference)}=${formatColumnPath(identity.table, identity.column)}`}`,
    }))
}

function orphans(identity: DetectedIdentity): Message[] {
  if (!identity.migrate) return []
  return identity.references
    .filter(reference => reference.choice === 'accepted' && reference.orphans > 0)
    .map(reference => ({
      code: 'REFERENCE.ORPHANS',
      severity: 'info' as const,
      object: formatPlace(reference, reference),
      message: `${withCommas(reference.orphans)} values name no row of ${formatColumnPath(identity.table, identity.column)}.`,
      why: `They were orphans before and stay orphans: equal values get equal ULIDs, none is dropped. For example ${reference.orphanSamples.join(', ')}`,
      next: 'Nothing to do.',
    }))
}

function halfExpanded(
  { target }: Looking,
  { identity, companion, values }: Seen,
  strategy: 'replace' | 'expand',
): Message[] {
  if (!companion || !identity.migrate) return []
  if (strategy === 'replace' && companion.ulids === values.rows) return []
  if (companion.ulids === 0 && Object.keys(companion.others).every(what => what === 'NULL')) return []
  const others = Object.entries(companion.others).map(([what, rows]) => `${withCommas(rows)} ${what}`)
  return [
    {
      code: 'IDENTITY.HALF_EXPANDED',
      severity: strategy === 'expand' ? 'info' : 'warning',
      object: formatColumnPath(identity.table, companion.name),
      message: `${withCommas(companion.ulids)} of ${withCommas(values.rows)} rows have a ULID beside ${identity.column}.`,
      why:
        strategy === 'expand'
          ? `Somebody began before. Those ULIDs stay${others.length > 0 ? `; all else there gets one: ${others.join(', ')}` : ''}. References are linked to them, and triggers keep both in step from then on.`
          : 'Replacing gives the rows other ULIDs than that column holds.',
      next:
        strategy === 'expand'
          ? inShell`See what would happen: ulid-migrate dry-run ${target}`
          : 'Fill that column instead: --strategy expand',
    },
  ]
}
