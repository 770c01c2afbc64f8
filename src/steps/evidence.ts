/** All that is known of one identity: a page of its own, since beside the list there is seldom room for it. */
import type { DetectedReference } from '../core/index.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { count, counted, rowTime, sureness } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, shorten, span } from '../ui/line.ts'
import { scrolled } from '../ui/list.ts'
import { referenceFacts, referenceName } from '../ui/reference-facts.ts'
import { type ListedIdentity, visibleReferences } from '../wizard/listed.ts'
import { documentOf, type Entry } from '../wizard/state.ts'
import { orphansOf } from './common.ts'
import { formText, identityName, inversionsText, kindsText, timesText, valuesText } from './identities.ts'
import { compositesOf } from './references.ts'

export function evidenceBody(
  identity: ListedIdentity,
  entry: Entry,
  scroll: number,
  area: Area,
): readonly Line[] {
  const { width } = area
  const references = visibleReferences(entry, identity)
  const lines = [
    line(' ', span(identityName(identity), 'strong')),
    ...factLines(factsOf(identity, entry), width),
    blank,
    ...(references.length === 0
      ? [line(span(' Nothing refers to it.', 'muted'))]
      : [line(span(` ${counted(references.length, 'place')} may refer to it`, 'strong'))]),
    ...references.flatMap(each => referenceLines(each, width)),
    ...compositesOf(identity, documentOf(entry)?.composites ?? [], width),
  ]
  return scrolled(lines, scroll, area)
}

function factsOf(identity: ListedIdentity, entry: Entry): readonly Fact[] {
  const { migrate, offered, reason, samples } = identity
  const form = formText(identity, entry)
  const orphans = orphansOf(identity)
  const kinds = kindsText(identity)
  const inversions = inversionsText(identity)
  return [
    ['becomes', `${migrate ? 'ULIDs' : offered ? 'offered' : 'left alone'}: ${reason}${form}`],
    ['rows', valuesText(identity)],
    ...(kinds === '' ? [] : [['kinds', kinds] as const]),
    ['time', timesText(identity).replace(/^time from /, '')],
    ...(inversions === null ? [] : [['order', inversions] as const]),
    [
      'orphans',
      orphans === 0 ? 'none' : `${counted(orphans, 'reference names', 'references name')} no row; kept`,
    ],
    ...samples.map(
      ({ value, time }, at) =>
        [
          at === 0 ? 'values' : '',
          `${shorten(value, 44, 'middle')}   ${time === null ? 'no time of its own' : `${rowTime(time)} UTC`}`,
        ] as const,
    ),
  ]
}

function referenceLines(reference: DetectedReference, width: number): readonly Line[] {
  const { kind, choice, matched, confidence, orphans, why } = reference
  const facts = [
    `${kind}, ${choice}, ${sureness(confidence)} sure`,
    counted(matched, 'match', 'matches'),
    `${orphans === 0 ? 'no' : count(orphans)} ${orphans === 1 ? 'orphan' : 'orphans'}`,
  ].join(', ')
  return [
    ...paragraph(referenceName(reference), width, 'strong', 3),
    ...[facts, why, ...referenceFacts(reference)].flatMap(text => paragraph(text, width, 'muted', 5)),
  ]
}
