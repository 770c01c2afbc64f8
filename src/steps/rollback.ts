/** The way back: runs of all targets, undo first, restore second and typed. */
import type { RolledBackTarget, RunRecord } from '../core/index.ts'
import { messageBlock } from '../ui/error-block.ts'
import { type Fact, factLines } from '../ui/facts.ts'
import { clock, count, counted, size, tilde, when } from '../ui/format.ts'
import { type Area, blank, type Line, line, paragraph, span } from '../ui/line.ts'
import { listOf } from '../ui/list.ts'
import { table } from '../ui/table.ts'
import { typedName } from '../ui/typed-name.ts'
import { focusedRun, mayTryAgain } from '../wizard/openings.ts'
import { isCommitted, isInDoubt } from '../wizard/progress.ts'
import {
  doneAt,
  nameOf,
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
        ...factLines(undoFacts(wizard, stage.choice), area.width),
        blank,
        ...paragraph(
          'y or Enter starts the undo, d rehearses it first, Esc goes back.',
          area.width,
          'plain',
          1,
        ),
      ]
    case 'typing':
      return typing(wizard, stage.choice, stage.typed, area)
    case 'running': {
      const text =
        stage.choice.of === 'code'
          ? 'Each file is replaced as a whole, or left.'
          : stage.how === 'rehearse-undo'
            ? 'A rehearsal of the undo, on a copy: the target is not touched. Esc abandons it.'
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
      const state =
        stage.how === 'rehearse-undo'
          ? 'It was a rehearsal: the target was not touched.'
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
            { text: choice.record.snapshot === '' ? 'none' : size(choice.record.snapshotBytes) },
          ]),
    ]),
    area.width,
    3,
  )
  const rows = drawn.rows.map((content, index) => {
    const [, ...cells] = content
    return [
      span(index === cursor ? ` ${symbols.pointer} ` : '   ', 'accent'),
      ...cells.map(each =>
        index === cursor && each.tone === 'plain' ? { ...each, tone: 'strong' as const } : each,
      ),
    ]
  })
  const below = focusedLines(wizard, area)
  const height = Math.max(2, area.height - below.length - 2)
  return [drawn.head, ...listOf(rows, cursor, { width: area.width, height }), blank, ...below]
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
  if (choice === null || choice.record.what !== 'migrate' || choice.record.status !== 'succeeded') return []
  return factLines(undoFacts(wizard, choice).slice(1), area.width)
}

function undoFacts(wizard: Wizard, { target, record }: RunChoice): readonly Fact[] {
  const since = record.rowsSince
  const kept =
    since === null
      ? 'rows written since'
      : since === 0
        ? 'everything else'
        : `the ${counted(since, 'row')} written since`
  const lost =
    since === null
      ? 'rows written since are'
      : since === 0
        ? 'nothing is'
        : `the ${counted(since, 'row')} written since ${since === 1 ? 'is' : 'are'}`
  return [
    ['database', tilde(target)],
    ['undo', `brings back the old ids and keeps ${kept}`],
    ...(record.snapshot === ''
      ? []
      : [
          [
            'restore',
            `puts the file back as it was ${when(record.at, wizard.now)}; ${lost} lost: type the name`,
          ] as const,
        ]),
  ]
}

function typing(wizard: Wizard, choice: RunChoice, typed: string, area: Area): readonly Line[] {
  const { target, record } = choice
  const lost = record.rowsSince
  const loss =
    lost === null
      ? 'Every row written since then is lost.'
      : lost === 0
        ? 'Nothing was written since then, so nothing is lost.'
        : `${counted(lost, 'row')} written since then ${lost === 1 ? 'is' : 'are'} lost.`
  return [
    line(span(` Restore puts the whole file back as it was ${when(record.at, wizard.now)}.`, 'danger')),
    ...paragraph(loss, area.width, 'danger', 1),
    blank,
    ...factLines(
      [
        ['database', tilde(target)],
        ['snapshot', `${tilde(record.snapshot)}, ${size(record.snapshotBytes)}`],
        ['instead', 'Esc, then Enter: undo brings the old ids back and loses nothing'],
      ],
      area.width,
    ),
    blank,
    ...typedName('Type the name of the database to restore it', nameOf(wizard, target), typed, area.width),
  ]
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
