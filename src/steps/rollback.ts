/** The way back: runs of all targets, undo first, restore second and typed. */
import type { RolledBackTarget, RunRecord } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { clock, count, counted, duration, size, tilde, when } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { eachRow, firstOf, listOf } from '../ui/list.ts'
import { type TableCell, table } from '../ui/table.ts'
import { aboveField, typedName } from '../ui/typed-name.ts'
import { focusedRun, mayTryAgain, whyNotUndone } from '../wizard/openings.ts'
import { isCommitted, isInDoubt } from '../wizard/progress.ts'
import { lostByTable, snapshotOf, whyNotRestored } from '../wizard/snapshots.ts'
import {
  doneAt,
  nameOf,
  onlyReads,
  type RollbackScreen,
  type RunChoice,
  rollbackRuns,
  type Wizard,
} from '../wizard/state.ts'
import { symbols } from '../wizard/symbols.ts'
import { checkLines } from './checks.ts'
import { askingCode, codeBelow, codeRow, putBackBody } from './rollback-code.ts'
import { runningLines } from './running.ts'

export function rollbackBody(wizard: Wizard, screen: RollbackScreen, area: Area): readonly Line[] {
  const { stage } = screen
  switch (stage.is) {
    case 'list':
      return list(wizard, stage.cursor, area)
    case 'asking':
      if (stage.choice.of === 'code') return askingCode(wizard, stage.choice, area)
      return [
        line(span(` Undo the run of ${when(stage.choice.record.at, wizard.now)}?`, 'strong')),
        blank,
        ...factLines(
          [['database', tilde(stage.choice.target)], ...undoFacts(wizard, stage.choice)],
          area.width,
        ),
        blank,
        ...paragraph(
          'y or Enter starts the undo, d rehearses it first, Esc goes back.',
          area.width,
          'plain',
          1,
        ),
      ]
    case 'typing':
      return typing(wizard, stage, area)
    case 'running': {
      const text =
        stage.choice.of === 'code'
          ? 'Each file is replaced as a whole, or left.'
          : stage.how === 'rehearse-undo'
            ? 'A rehearsal of the undo, on a copy: the target is not touched. Esc abandons it.'
            : stage.how === 'weigh'
              ? 'The snapshot is read whole, and what would be lost is counted. Nothing is written; Esc abandons it.'
              : stage.how === 'undo'
                ? 'One transaction: until its commit the file stays migrated. Ctrl-C leaves it so.'
                : 'The snapshot takes the place of the file at the very end. Ctrl-C before that leaves it.'
      const note = [...paragraph(text, area.width, 'muted', 1), blank]
      const rest = { width: area.width, height: area.height - note.length }
      return [...note, ...runningLines(wizard, stage.work, [], false, rest)]
    }
    case 'finished':
      return finished(wizard, stage.document, area)
    case 'put-back':
      return putBackBody(stage.document, area)
    case 'failed': {
      const { progress } = stage.work
      const state = onlyReads(stage.how)
        ? stage.how === 'weigh'
          ? 'Nothing was changed, and nothing is put back. Esc goes back to the runs, where Enter undoes.'
          : 'It was a rehearsal: the target was not touched.'
        : progress !== null && isCommitted(progress)
          ? 'It was committed before this. Enter goes back to the runs, where it can be taken back.'
          : isInDoubt(progress, stage.work.failure)
            ? 'The engine was lost while it committed, so the file is the old one or the new one, and whole in either case. Enter goes back to the runs, which tell.'
            : mayTryAgain(stage)
              ? 'Nothing was changed. Enter tries again.'
              : 'What was not finished was rolled back: the file is as it was before. Enter goes back to the runs.'
      return messageBlock(stage.work.failure, area.width, state)
    }
  }
}

function list(wizard: Wizard, cursor: number, area: Area): readonly Line[] {
  const runs = rollbackRuns(wizard)
  if (runs.length === 0) {
    const asking = wizard.statusJob !== null || wizard.codeRunsJob !== null
    return [
      line(span(asking ? ' Looking for runs.' : ' No run is known for these targets.', 'strong')),
      blank,
      ...paragraph(
        'Looked in the targets themselves and in the ledger of the state folder.',
        area.width,
        'muted',
        1,
      ),
      ...wizard.entries.flatMap(entry => paragraph(tilde(entry.target), area.width, 'muted', 3)),
    ]
  }
  const drawn = table(
    [
      { title: 'when' },
      { title: 'target', gives: 'middle' },
      { title: 'what was done', rank: 1, gives: 'end' },
      { title: 'since then' },
      { title: 'snapshot', rank: 2 },
    ],
    runs.map(choice => [
      { text: when(doneAt(choice), wizard.now) },
      ...(choice.of === 'code'
        ? codeRow(choice)
        : [
            { text: nameOf(wizard, choice.target) },
            { text: whatText(choice.record) },
            { text: sinceText(choice.record) },
            snapshotCell(wizard, choice.record),
          ]),
    ]),
    area.width,
    3,
  )
  const rows = eachRow(drawn.rows, (content, index) => {
    const [, ...cells] = content
    return [
      span(index === cursor ? ` ${symbols.pointer} ` : '   ', 'accent'),
      ...cells.map(each =>
        index === cursor && each.tone === 'plain' ? { ...each, tone: 'strong' as const } : each,
      ),
    ]
  })
  const below = focusedLines(wizard, area)
  const room = area.height - Math.min(rows.length, fewestRows) - 2
  const told = firstOf(below, Math.max(0, room), 'enter asks with all of it')
  const height = Math.max(1, area.height - told.length - 2)
  return [drawn.head, ...listOf(rows, cursor, { width: area.width, height }), blank, ...told]
}

/** Rows of the list that stay in sight however much there is to say of one of them. */
const fewestRows = 3

/** `155 MB, checked 46 min ago`: when it was taken, or when all of it was read since. */
function snapshotCell(wizard: Wizard, record: RunRecord): TableCell {
  const { is } = snapshotOf(wizard, record)
  const bytes = size(record.snapshotBytes)
  switch (is) {
    case 'none':
      return { text: 'none' }
    case 'missing':
      return { text: 'missing', tone: 'danger' }
    case 'altered':
      return { text: `${bytes}, altered`, tone: 'danger' }
    case 'touched':
      return { text: `${bytes}, touched since`, tone: 'warning' }
    case 'kept':
    case 'as taken':
      return { text: `${bytes}, checked ${agoOf(wizard, record)} ago` }
  }
}

/** Since when it is known to be as it was taken. */
function agoOf(wizard: Wizard, record: RunRecord): string {
  const { readAt } = snapshotOf(wizard, record)
  return duration(Math.max(0, wizard.now - (readAt ?? Date.parse(record.at))) / 1000)
}

function snapshotText(wizard: Wizard, record: RunRecord): string {
  const { is } = snapshotOf(wizard, record)
  const file = `${size(record.snapshotBytes)}, ${tilde(record.snapshot)}`
  const ago = agoOf(wizard, record)
  switch (is) {
    case 'none':
      return 'none'
    case 'missing':
      return `missing: ${tilde(record.snapshot)}`
    case 'altered':
      return `${file}: not what the run took`
    case 'touched':
      return `${file}; taken and checked ${ago} ago, and its file was touched since: s reads it whole before it asks`
    case 'kept':
      return `${file}; taken and checked ${ago} ago, same size and time since: s reads it whole before it asks`
    case 'as taken':
      return `${file}; read whole ${ago} ago: it is what the run took`
  }
}

function whatText(record: RunRecord): string {
  const ids = record.strategy === '' ? '' : ` ${record.strategy}, ${count(record.identifiers)} ids`
  switch (record.status) {
    case 'succeeded':
      return record.what === 'migrate' ? ids.trim() || 'migrate' : record.what
    case 'expanding':
      return 'expand, not at its end'
    case 'undone':
      return `undone:${ids || ` ${record.what}`}`
    case 'finalized':
      return `finalized:${ids || ` ${record.what}`}`
    case 'running':
      return `${record.what}, not ended`
    case 'stopped':
      return `${record.what} stopped, nothing changed`
    case 'failed':
      return `${record.what} failed, nothing changed`
  }
}

function sinceText(record: RunRecord): string {
  if (record.rowsSince === null) return '-'
  return record.rowsSince === 0 ? 'nothing new' : counted(record.rowsSince, 'new row')
}

function focusedLines(wizard: Wizard, area: Area): readonly Line[] {
  const choice = focusedRun(wizard)
  if (choice?.of === 'code') return codeBelow(choice, area)
  return choice === null ? [] : factLines(undoFacts(wizard, choice), area.width)
}

/** What undo keeps and what restore discards, or why there is neither. */
function undoFacts(wizard: Wizard, { record }: RunChoice): readonly Fact[] {
  const since = record.rowsSince
  const rows = since === null ? 'what was' : `the ${counted(since, 'row')}`
  const kept = since === 0 ? 'everything else' : `${rows} written since`
  const lost =
    since === 0
      ? 'nothing was written since, so nothing is lost'
      : `${rows} written since ${since === null || since === 1 ? 'is' : 'are'} lost`
  const back = `puts the file back as it was ${when(record.at, wizard.now)}; ${lost}: type the name`
  const closed = whyNotUndone(record)
  return [
    ['undo', closed ?? `brings back the old ids and keeps ${kept}`],
    ['restore', whyNotRestored(wizard, record) ?? back],
    ...(record.snapshot === '' ? [] : [['snapshot', snapshotText(wizard, record)] as const]),
  ]
}

function typing(
  wizard: Wizard,
  { choice, typed, weighed }: Extract<RollbackScreen['stage'], { is: 'typing' }>,
  area: Area,
): readonly Line[] {
  const { target, record } = choice
  const lost = weighed.rowsDiscarded
  const loss =
    lost === 0
      ? 'No row was added since then, so none is lost; values changed since go back.'
      : `${counted(lost, 'row')} written since then ${lost === 1 ? 'is' : 'are'} lost: ${lostByTable(weighed)}.`
  return aboveField(
    line(span(` Restore puts the whole file back as it was ${when(record.at, wizard.now)}.`, 'danger')),
    [
      ...paragraph(loss, area.width, 'danger', 1),
      ...factLines(
        [
          ['database', tilde(target)],
          ['snapshot', snapshotText(wizard, record)],
          ['instead', 'Esc, then Enter: undo brings the old ids back and loses nothing'],
        ],
        area.width,
      ),
    ],
    typedName('Type the name of the database to restore it', nameOf(wizard, target), typed, area.width),
    wizard.scroll,
    area,
  )
}

function finished(wizard: Wizard, document: RolledBackTarget, area: Area): readonly Line[] {
  const name = nameOf(wizard, document.target)
  const done = document.mode === 'undo' ? 'The old ids are back' : 'The snapshot is back in place'
  const would = 'Rehearsed on a copy: the old ids would be back'
  const rows = document.byTable.map(each => `${each.table} ${count(each.rows)}`).join(', ')
  const head = [
    line(
      span(
        ` ${document.proof.ok ? symbols.done : symbols.bad} ${document.rehearsed ? would : done} in ${name}.`,
        document.proof.ok ? 'ok' : 'danger',
      ),
    ),
    ...factLines(
      [
        ['kept', `${counted(document.rowsKept, 'row')} written since${rows === '' ? '' : `: ${rows}`}`],
        ['lost', document.rowsDiscarded === 0 ? 'nothing' : counted(document.rowsDiscarded, 'row')],
        ...(document.snapshot === '' ? [] : [['snapshot', tilde(document.snapshot)] as const]),
        ['at', clock(wizard.now)],
      ].slice(0, document.snapshot === '' ? 2 : 3) as readonly Fact[],
      area.width,
    ),
    blank,
  ]
  return [
    ...head,
    ...checkLines(document.proof.checks, -1, false, { width: area.width, height: area.height - head.length }),
  ]
}
