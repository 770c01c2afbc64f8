/** What was found across targets, told in the documents of both: who is referred to, and who follows. */

import type { DetectedReference, DetectedTarget } from '../documents.ts'
import { formatPlace } from '../inside/selector.ts'
import type { Across, AcrossLink } from '../links.ts'
import type { Message } from '../message.ts'
import { formatColumnPath, sameName } from '../schema/names.ts'
import { inShell } from '../shell.ts'

export function withAcross(found: DetectedTarget, across: Across): DetectedTarget {
  const isAt = (identity: { table: string; column: string }) => (link: AcrossLink) =>
    link.of.target === found.target &&
    sameName(link.of.table, identity.table) &&
    sameName(link.of.column, identity.column)
  return {
    ...found,
    identities: found.identities.map(identity => ({
      ...identity,
      references: [...identity.references, ...across.links.filter(isAt(identity)).map(referenceOf)],
    })),
    findings: [...found.findings, ...acrossFindings(found.target, across)],
  }
}

function referenceOf({ as: _, of: __, ...link }: AcrossLink): DetectedReference {
  return link
}

/** What is said of the target whose columns hold ids of others. */
export function acrossFindings(target: string, { links, error }: Across): readonly Message[] {
  const own = links.filter(link => link.target === target && link.choice !== 'mentioned').map(findingOf)
  return error === null || !error.object.startsWith(target) ? own : [...own, error]
}

function findingOf(link: AcrossLink): Message {
  const { target, of, why, choice, leftOut, as, kind } = link
  const path = formatPlace(link, link)
  const leader = formatColumnPath(of.table, of.column)
  const flag = `${target}::${path}`
  return choice === 'accepted'
    ? {
        code: 'ACROSS.FOLLOWS',
        severity: 'info',
        object: path,
        message:
          as === 'identity'
            ? `Rows that ${leader} in ${of.target} has as well get the ULIDs that they have there.`
            : `${kind === 'inferred' ? 'Its values' : 'What stands there'} are ids of ${leader} in ${of.target}, and get the ULIDs that these have there.`,
        why,
        next: inShell`That database is migrated first, in the same command or an earlier one. Leave it out: --no-reference ${flag}`,
      }
    : {
        code: 'ACROSS.OFFERED',
        severity: 'info',
        object: path,
        message: `It may hold ids of ${leader} in ${of.target}.`,
        why: `${why}. As it is, ${leftOut}.`,
        next: inShell`Have it follow: --reference ${`${flag}=${of.target}::${leader}`}`,
      }
}
