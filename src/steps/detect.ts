/** What was found in one target: identities, the references to the focused one, and what stands out. */
import type { DetectedTarget } from '../core/index.ts'
import { choiceRow } from '../ui/choice-row.ts'
import { messageBlock } from '../ui/error-block.ts'
import { count, counted, tilde } from '../ui/format.ts'
import { wideFrom } from '../ui/frame.ts'
import { type Area, blank, type Line, line, paragraph, shorten, span } from '../ui/line.ts'
import { eachRow, firstOf, listOf } from '../ui/list.ts'
import { objectsOf, toAccept } from '../wizard/consent.ts'
import { shownDocument, visibleIdentities } from '../wizard/listed.ts'
import { blockers, focusedIdentity, isMissing, nothingToDo } from '../wizard/openings.ts'
import { type DetectScreen, type Entry, entryOf, type Wizard } from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { targetChoices } from '../wizard/target-choices.ts'
import { isTakenUp, unfinishedOf, unfinishedText } from '../wizard/unfinished.ts'
import { betweenLines, comparingText } from './between.ts'
import { choicesBody } from './choices.ts'
import { busy } from './common.ts'
import { evidenceBody } from './evidence.ts'
import { findingsBody } from './findings.ts'
import { identityName, identityTable, reasons } from './identities.ts'
import { evidenceAway, referencesOf } from './references.ts'
import { filterLine } from './targets.ts'

export function detectBody(wizard: Wizard, screen: DetectScreen, area: Area): readonly Line[] {
  const { target } = screen.journey
  const entry = entryOf(wizard, target)
  const document = shownDocument(wizard, entry)
  if (entry.detection.is === 'failed')
    return [
      ...messageBlock(
        entry.detection.failure,
        area.width,
        isMissing(entry)
          ? 'It was not made yet. Enter shows what initialize would make; nothing is made before that.'
          : 'Nothing was changed. Enter tries again, Esc goes back.',
      ),
      ...entry.given.configFiles.flatMap(file =>
        paragraph(`Choices for it also stand in ${tilde(file)}`, area.width, 'muted', 3),
      ),
    ]
  if (document === null) {
    const since = entry.detection.is === 'reading' ? entry.detection.progress.startedAt : wizard.now
    const object = entry.detection.is === 'reading' ? (entry.detection.progress.step?.object ?? '') : ''
    return [
      busy(
        wizard,
        `Reading tables and rows of ${shorten(tilde(target), area.width - besidePath, 'middle')}`,
        since,
      ),
      ...(object === '' ? [] : [line(span(`   ${object}`, 'muted'))]),
      blank,
      ...paragraph(
        'Detection only reads: the file stays as it is. Esc goes back, it reads on.',
        area.width,
        'muted',
        1,
      ),
    ]
  }
  if (screen.pane === 'choices')
    return choicesBody(targetChoices(entry.choices, entry.given.choices, document), screen.choiceCursor, area)
  const focused = focusedIdentity(wizard)
  if (screen.pane === 'evidence' && focused !== null) return evidenceBody(focused, entry, wizard.scroll, area)
  if (screen.pane === 'findings') return findingsBody(document, entry, screen.findingCursor, area)
  const all = headings(wizard, document, entry, area)
  // In a low window the counts give way to what is known of one reference.
  const top = screen.pane === 'references' && area.height < 16 ? all.slice(-1) : all
  if (visibleIdentities(wizard, entry, { text: '', editing: false }).length === 0)
    return [
      ...top,
      ...paragraph(
        `Its tables: ${document.tables.map(each => each.name).join(', ')}`,
        area.width,
        'muted',
        document.tables.length > 0 ? 1 : 0,
      ).slice(0, document.tables.length > 0 ? 6 : 0),
    ]
  const filter = screen.filter.text !== '' || screen.filter.editing ? [filterLine(screen.filter)] : []
  const rest = { width: area.width, height: area.height - top.length - filter.length }
  return [...top, ...filter, ...panes(wizard, screen, entry, rest)]
}

/** The words before the path, and the time behind it, which shows that something is going on. */
const besidePath = 44

function headings(wizard: Wizard, document: DetectedTarget, entry: Entry, area: Area): readonly Line[] {
  const rows = document.tables.reduce((sum, each) => sum + each.rows, 0)
  const chosen = document.identities.filter(identity => identity.migrate).length
  const left = document.identities.length - chosen
  const warnings = document.findings.filter(finding => finding.severity === 'warning').length
  const { refused, unanswered, accepted } = blockers(entry)
  const [refusal] = refused
  const blocked = refused.length + unanswered.length > 0
  if (document.state === 'empty')
    return [
      line(span(` ${symbols.warning} There are no tables in this database yet.`, 'warning')),
      ...document.findings.flatMap(finding => [
        ...paragraph(finding.why, area.width, 'plain', 3),
        ...paragraph(`by hand: ${finding.next}`, area.width, 'muted', 3),
      ]),
      blank,
      ...paragraph(
        'Enter shows what initialize would make; nothing is made before that.',
        area.width,
        'plain',
        3,
      ),
    ]
  const counts = [
    `${counted(document.tables.length, 'table')}, ${counted(rows, 'row')}.`,
    `${counted(chosen, 'identity', 'identities')} to migrate, ${count(left)} left alone.`,
    `${warnings === 0 ? 'No warnings' : counted(warnings, 'warning')}${blocked ? '' : ', no blockers'}${accepted.length > 0 ? `, ${count(objectsOf(accepted).length)} accepted` : ''}.`,
  ].join('  ')
  const under = entry.detection.is === 'reading' ? 'reading again with your choices' : comparingText(wizard)
  const unfinished = unfinishedOf(entry)
  const done = ` ${symbols.done} Nothing to do: ${reasonForNothing(document)}`
  return [
    ...(refusal ? [...messageBlock(refusal, area.width), blank] : []),
    ...(unanswered.length > 0
      ? paragraph(`${symbols.bad} ${toAccept(unanswered)}`, area.width, 'danger', 1)
      : []),
    ...(nothingToDo(wizard, entry) && !blocked ? [line(span(done, 'ok'))] : []),
    ...(isTakenUp(unfinished)
      ? paragraph(`${symbols.warning} Here ${unfinishedText(unfinished)}`, area.width, 'warning', 1)
      : []),
    ...paragraph(counts, area.width, 'plain', 1),
    ...betweenLines(wizard, entry.target, area),
    under === null ? blank : line(span(` ${under}`, 'muted')),
  ]
}

function reasonForNothing(document: DetectedTarget): string {
  switch (document.state) {
    case 'migrated':
      return 'every identifier is a ULID already.'
    case 'expanded':
      return 'each identity has its ULID column, filled for every row.'
    case 'expanding':
      return 'an expansion of it is under way.'
    case 'half':
    case 'legacy':
      return 'no identity is chosen; Space takes one in.'
    case 'empty':
    case 'none':
      if (document.tables.every(({ rows }) => rows === 0)) return 'no row in it has an id of its own yet.'
      if (document.identities.length === 0) return 'nothing in it looks like an identity.'
      return 'nothing in it looks like an identity; Space takes one in all the same.'
  }
}

function panes(wizard: Wizard, screen: DetectScreen, entry: Entry, area: Area): readonly Line[] {
  const identities = visibleIdentities(wizard, entry, screen.filter)
  const focused = focusedIdentity(wizard)
  const narrow = area.width < wideFrom
  const evidence = Math.ceil(area.height * 0.55)
  const looking = screen.pane === 'references' && focused !== null
  // The evidence of the reference under the cursor needs room; the identities are a Tab away.
  if (looking && (narrow || evidence < focused.references.length + 12))
    return referencesOf(focused, screen, entry, area, false)
  const wanted = (focused?.references.length ?? 0) + (looking ? 16 : 9)
  const evidenceHeight = narrow || !focused ? 0 : Math.min(wanted, evidence)
  const listHeight = Math.min(identities.length + 1, area.height - evidenceHeight)
  const drawn = identityTable(identities, entry, area.width, narrow)
  const rows = eachRow(drawn.rows, (content, index) =>
    choiceRow(
      content,
      identities[index]!.migrate ? symbols.on : symbols.off,
      index === screen.cursor && screen.pane === 'identities',
    ),
  )
  const list = listOf(rows, screen.cursor, { width: area.width, height: listHeight - 1 })
  const none = identities.length === 0 ? [line(span('   No identity contains that text.', 'muted'))] : []
  if (narrow && focused) {
    const why = [
      blank,
      line(' ', span(identityName(focused), 'strong')),
      ...reasons(focused, entry, area.width),
    ]
    return [
      drawn.head,
      ...list,
      ...firstOf(why, Math.max(0, area.height - list.length - 1), evidenceAway(focused, false)),
    ]
  }
  if (!focused) return [drawn.head, ...list, ...none]
  const left = area.height - list.length - 1
  return [
    drawn.head,
    ...list,
    ...referencesOf(focused, screen, entry, { width: area.width, height: left }, true),
  ]
}
