/** What stands in the way of a contract: whatever still speaks of a column that goes. */

import { columnChanges } from '../compile/column-changes.ts'
import { textsOf } from '../compile/compile.ts'
import { contractedText, isDropped, nameGone, withOwnTriggers } from '../compile/contract.ts'
import { mapOf } from '../compile/identity-maps.ts'
import { renamedColumns } from '../compile/replace.ts'
import type { Context } from '../context.ts'
import { detect, type Looking } from '../detect/detect.ts'
import { isInside } from '../detect/inside/inside-reference.ts'
import { quoted } from '../detect/schema-findings.ts'
import type { DetectedReference } from '../documents.ts'
import type { Message } from '../message.ts'
import { watching } from '../migrate/prepare.ts'
import { type Plan, plannedPlaces, replacedInside } from '../plan/plan.ts'
import type { Choices, ContractChoices } from '../requests.ts'
import type { SchemaObject } from '../schema/model.ts'
import { nameUses } from '../schema/name-uses.ts'
import { formatColumnPath, sameName } from '../schema/names.ts'
import { shortenSql } from '../schema/shorten.ts'
import { objectChanges } from '../schema-changes/object-changes.ts'
import { brokenBy } from './broken-by.ts'

/** Blockers first; those that can be lifted are lifted by the name of their object. */
export async function contractFindings(
  looking: Looking,
  plan: Plan,
  choices: ContractChoices,
  context: Context,
): Promise<readonly Message[]> {
  const places = plannedPlaces(plan)
  // The same things stand in the way of it as of a replacement.
  const like: Choices = {
    strategy: 'replace',
    form: choices.keepLegacy === true ? 'keep-integer' : 'pure',
    timezone: plan.timezone,
    only: plan.identities.map(({ table, column }) => formatColumnPath(table, column)),
    references: plan.identities.flatMap(parent =>
      parent.references
        .filter(({ kind }) => kind === 'inferred')
        .map(
          child =>
            `${formatColumnPath(child.table, child.column)}=${formatColumnPath(parent.table, parent.column)}`,
        ),
    ),
    ...(choices.accept ? { accept: choices.accept } : {}),
  }
  const { document } = await detect(looking, like, watching(context))
  const ofOurs = ({ object }: Message) => plan.contract!.drops.some(each => each.name === object)
  const settled = new Set(['REFERENCE.ORPHANS', 'IDENTITY.HALF_EXPANDED', 'IDENTITY.HALF_MIGRATED'])
  const left = document.identities
    .filter(({ table, column }) =>
      plan.identities.some(each => sameName(each.table, table) && sameName(each.column, column)),
    )
    .flatMap(identity => identity.references.map(reference => ({ identity, reference })))
    .filter(
      ({ reference }) =>
        (reference.choice === 'accepted' || reference.kind === 'declared') &&
        !isSettledInside(plan, reference) &&
        !places.some(
          each => sameName(each.table, reference.table) && sameName(each.column, reference.column),
        ),
    )
  return [
    ...left.map(({ identity, reference }): Message => {
      const child = formatColumnPath(reference.table, reference.column)
      return {
        code: 'CONTRACT.REFERENCE_LEFT',
        severity: 'blocker',
        object: child,
        message: `It refers to ${formatColumnPath(identity.table, identity.column)}, and has no ULID beside it.`,
        why: `The expansion does not know it: it came since, or was left out. Its values would name nothing any more. ${reference.why}`,
        next: `Take the expansion back and make it anew with this reference; or agree to it: --accept ${child}`,
      }
    }),
    ...inUse(looking, plan),
    ...readers(looking, plan),
    ...storedReaders(looking, plan),
    ...document.findings.filter(finding => !ofOurs(finding) && !settled.has(finding.code)),
  ]
}

/** Ids inside of values are rewritten by the contract; where it keeps the legacy ids, they still name their rows. */
function isSettledInside(plan: Plan, reference: DetectedReference): boolean {
  if (!isInside(reference)) return false
  return (
    plan.identities.every(({ legacy }) => legacy !== null) ||
    replacedInside(plan).some(
      ({ table, column, places }) =>
        sameName(table, reference.table) &&
        sameName(column, reference.column) &&
        places.some(({ path, pattern }) => path === reference.path && pattern === reference.pattern),
    )
  )
}

/** Keys, CHECKs and generated columns that use the ULID column, which is put into the legacy one's place. */
function inUse({ schema }: Looking, plan: Plan): Message[] {
  const maps = plan.identities.map((identity, at) => mapOf(schema, identity, at))
  return schema.tables.flatMap(table => {
    const changes = columnChanges(plan, schema, table, maps)
    if (changes.length === 0) return []
    try {
      contractedText(plan, table, changes, table.sql)
      return []
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      return [
        {
          code: 'CONTRACT.COLUMN_IN_USE',
          severity: 'blocker' as const,
          object: table.name,
          message: 'A key, a CHECK or a generated column of this table uses its ULID column.',
          why: `The ULIDs are put in the place of the legacy ids, and the column that they stand in now goes. ${error.message}`,
          next: 'Take that part out of the table first; an index on the column can stay.',
        },
      ]
    }
  })
}

/** Views, triggers and full-text tables that name a column which is gone afterwards. */
function readers({ schema }: Looking, plan: Plan): Message[] {
  const own = withOwnTriggers(plan, schema)
  const { switched, moved } = textsOf(plan, own, objectChanges(own, renamedColumns(plan, schema)).changes)
  const breaks = brokenBy(plan, schema)
  const gone = plannedPlaces(plan).map(({ table, column, contracted }) => ({
    table,
    column: nameGone(column, contracted!),
    now: contracted!.name,
  }))
  return moved
    .filter(object => isReader(object) && !isDropped(plan, object))
    .flatMap((object): Message[] => {
      const read = gone.filter(
        ({ table, column }) =>
          nameUses(object.sql, column).length > 0 &&
          (sameName(object.table, table) || nameUses(object.sql, table).length > 0),
      )
      const { before, after } = breaks(object)
      const broken = after !== before && after !== '' ? after : null
      const text = switched.get(`${object.type} ${object.name}`)
      if (broken === null && read.length === 0) return []
      const columns = read.map(({ table, column }) => formatColumnPath(table, column)).join(', ')
      const why = `The ULIDs will be in ${read.map(({ table, now }) => formatColumnPath(table, now)).join(', ')}.`
      const next = 'Make it read those, or drop it; or let the ULIDs have the other names (--take-names).'
      if (broken !== null)
        return [
          {
            code: 'CONTRACT.STILL_READ',
            severity: 'blocker',
            object: object.name,
            message: `This ${object.type} would not compile any more.`,
            why: `SQLite would say: ${broken}. ${columns === '' ? '' : `It reads ${columns}. ${why}`}`.trim(),
            next,
          },
        ]
      if (text !== undefined)
        return [
          {
            code: 'CONTRACT.SWITCHED',
            severity: 'warning',
            object: object.name,
            message: `This ${object.type} reads ${columns}, and is made to read the ULIDs.`,
            why: `It becomes: ${shortenSql(text)}`,
            next: 'Look whether what uses it can do with that; the undo brings its text back.',
          },
        ]
      // What SQLite has read, and found no use of, is another column of that name.
      if (before === '' && object.type !== 'table') return []
      return [
        {
          code: 'CONTRACT.MAY_READ',
          severity: 'blocker',
          object: object.name,
          message: `This ${object.type} names ${columns}, which will be gone.`,
          why: `${why} SQLite can not tell what it means by that name${before === '' ? '' : `: ${before}`}.`,
          next: `${next} If it means something else: --accept ${quoted(object.name)}`,
        },
      ]
    })
}

/** What only the store has, and names a column which is gone afterwards; CHECKs and generated columns follow it. */
function storedReaders({ uses }: Looking, plan: Plan): Message[] {
  const gone = plannedPlaces(plan).map(({ table, column, contracted }) => ({
    table,
    column: nameGone(column, contracted!),
    now: contracted!.name,
  }))
  const found = (uses?.(gone) ?? []).filter(({ kind }) => kind !== 'CHECK' && kind !== 'generated column')
  const objects = [...new Set(found.map(({ object }) => object))]
  return objects.map((object): Message => {
    const all = found.filter(each => each.object === object)
    const { kind } = all[0]!
    const read = gone.filter(({ table, column }) =>
      all.some(each => each.column.table === table && each.column.column === column),
    )
    const columns = read.map(({ table, column }) => formatColumnPath(table, column)).join(', ')
    const doubtful = all.every(each => each.doubtful)
    return {
      code:
        kind === 'index' ? 'CONTRACT.COLUMN_IN_USE' : doubtful ? 'CONTRACT.MAY_READ' : 'CONTRACT.STILL_READ',
      severity: 'blocker',
      object,
      message: `This ${kind} names ${columns}, which will be gone: ${all[0]!.expression}`,
      why: `The ULIDs will be in ${read.map(({ table, now }) => formatColumnPath(table, now)).join(', ')}.${doubtful ? ' It may mean another column of that name.' : ''}`,
      next: `Make it read those, or drop it; or let the ULIDs have the other names (--take-names).${doubtful && kind !== 'index' ? ` If it means something else: --accept ${quoted(object)}` : ''}`,
    }
  })
}

function isReader({ type, sql }: SchemaObject): boolean {
  return type === 'view' || type === 'trigger' || /^\s*CREATE\s+VIRTUAL\b/i.test(sql)
}
