/**
 * Every key of every screen, once. The footer, the help, the table in the README and the handler all read this; none
 * of them knows a key by itself.
 */
import type { Action } from './actions.ts'
import * as open from './openings.ts'
import type { Wizard } from './state.ts'

/** The places that have keys of their own: screens, and what lies over or within them. */
export const places = [
  'targets',
  'filter',
  'open',
  'detect',
  'references',
  'evidence',
  'findings',
  'choices',
  'initialize',
  'dry-run',
  'dry-run lists',
  'confirm',
  'migrate',
  'verify',
  'application',
  'take back',
  'rollback',
  'undo',
  'restore',
  'rolling back',
  'rolled back',
  'trace',
  'traced',
  'done',
  'help',
  'quitting',
] as const

export type Place = (typeof places)[number]

export interface Binding {
  readonly keys: readonly string[]
  /** How footer and help write it. */
  readonly label: string
  readonly action: Action
  /** What it does: for the footer, which may say more precisely what it does now. */
  readonly short: string | ((wizard: Wizard) => string)
  /** For help and the README. */
  readonly long: string
  /** Whether the footer has room for it; movement keys are left to help. */
  readonly footer: boolean
  /** Null when it works now, otherwise why it does not. */
  readonly closed: (wizard: Wizard) => string | null
}

type Short = Binding['short']
type Closing = Binding['closed']

function key(
  label: string,
  action: Action,
  short: Short,
  long: string,
  closed: Closing = open.always,
): Binding {
  return { keys: keysOf(label), label, action, short, long, footer: true, closed }
}

function quiet(label: string, keys: readonly string[], action: Action, long: string): Binding {
  return { keys, label, action, short: '', long, footer: false, closed: open.always }
}

const named: Readonly<Record<string, readonly string[]>> = {
  space: [' '],
  'y / enter': ['y', 'enter'],
  '?': ['?', 'f1'],
}

function keysOf(label: string): readonly string[] {
  return named[label] ?? [label]
}

const moving: readonly Binding[] = [
  quiet('up, k', ['up', 'k'], 'up', 'one row up'),
  quiet('down, j', ['down', 'j'], 'down', 'one row down'),
  quiet('page up', ['page-up'], 'page-up', 'a page up'),
  quiet('page down', ['page-down'], 'page-down', 'a page down'),
  quiet('g, home', ['g', 'home'], 'first', 'to the first row'),
  quiet('G, end', ['G', 'end'], 'last', 'to the last row'),
]

/** Where letters are text: only those keys that are none. */
const scrolling: readonly Binding[] = moving.map(each => ({
  ...each,
  keys: each.keys.filter(name => name.length > 1),
  label: each.label
    .split(', ')
    .filter(name => name.length > 1)
    .join(', '),
}))

const help = key('?', 'help', 'help', 'all keys, exit codes, where things lie', open.questionMark)
// Two names for one key, so that F1 is offered only where a question mark has to be typed.
const helpByName = key('f1', 'help', 'help', 'the same, where a ? is text', open.noQuestionMark)

const terminal: readonly Binding[] = [
  quiet('ctrl-l', ['ctrl-l'], 'redraw', 'draw the screen again'),
  quiet(
    'ctrl-z',
    ['ctrl-z'],
    'suspend',
    'suspend; a running engine goes on, so that it keeps no lock longer',
  ),
]

const leave = quiet('ctrl-c', ['ctrl-c'], 'interrupt', 'leave with exit code 130')
const back = (short: Short, long: string): Binding => key('esc', 'back', short, long)
const quit = key('q', 'quit', 'quit', 'leave', open.notLive)
const rollback = key(
  'r',
  'rollback',
  'rollback',
  'the way back: undo a run, or restore its snapshot',
  open.rollback,
)
const trace = key('t', 'trace', 'trace', 'look for a ULID or an id of before in all targets', open.traceable)
const everywhere = [help, quit, leave, ...terminal]
const findings = (short: Short): Binding =>
  key('f', 'findings', short, 'what stands out, and what blocks until it is accepted')
const remember = (closed: Closing): Binding =>
  key(
    'w',
    'remember',
    'keep choices',
    'write the choices for this target into the config file, for later runs',
    closed,
  )
const compare = key(
  'x',
  'compare',
  open.compareNext,
  'go on without comparing the targets with each other, or compare them after all',
  open.comparable,
)
const skip = key('n', 'skip', 'skip', 'leave this target out, on to the next', open.skippable)
const takeBack = key(
  'u',
  'take-back',
  open.takeBackNext,
  'take back what failed here, after a question; rows written since are kept',
  open.takeThisBack,
)
const takeAllBack = key(
  'b',
  'take-all-back',
  'roll back all',
  'take back all that was migrated here, the newest first, after a question with the list',
  open.takeAllBack,
)
const dateSource = key(
  'd',
  'date-source',
  'date source',
  'where the time of each row comes from',
  open.ownIdentity,
)
/** The end of the lists that lie within detect: on with the target, or back to its identities. */
const withinDetect = (kept: Closing): readonly Binding[] => [
  key('enter', 'next', open.detectNext, 'rehearse on a copy', open.detectEnter),
  compare,
  remember(kept),
  back('back', 'back to the identities'),
  rollback,
  ...moving,
  ...everywhere,
]
const filter = quiet('/', ['/'], 'filter', 'show only rows that contain a text')

/** Not in the footer there: the list they are a page of names them. */
const findingsAside: Binding = {
  ...quiet('f', ['f'], 'findings', 'what stands out, and what blocks until it is accepted'),
  closed: open.hasFindings,
}

export const bindings: Readonly<Record<Place, readonly Binding[]>> = {
  targets: [
    key('space', 'toggle', 'select', 'select a target, or leave it out', open.hasEntry),
    key(
      'enter',
      'next',
      open.targetsNext,
      'look into the selected targets, one after another; or go on with what an unfinished run has left',
      open.hasEntry,
    ),
    key(
      'a',
      'all',
      open.allNext,
      'take all targets, system by system, and pass over those with nothing to do; or go on with what is left',
      open.overAll,
    ),
    compare,
    rollback,
    key('o', 'open', 'open file', 'open another database, folder or system'),
    trace,
    ...moving,
    filter,
    quiet('esc', ['esc'], 'back', 'drop the filter'),
    ...everywhere,
  ],
  filter: [
    key('enter', 'next', 'keep filter', 'keep the filter and go on'),
    back('drop filter', 'drop the filter'),
    quiet('backspace', ['backspace'], 'erase', 'take one letter back'),
    help,
    helpByName,
    leave,
    ...terminal,
  ],
  open: [
    key('enter', 'next', 'open', 'open what is typed, and look into it', open.openEnter),
    key('tab', 'complete', 'complete', 'complete the path'),
    back('back', 'back to the targets'),
    quiet('backspace', ['backspace'], 'erase', 'take one letter back'),
    help,
    helpByName,
    leave,
    ...terminal,
  ],
  detect: [
    { ...findings('what blocks'), closed: open.findingsFirst },
    key(
      'enter',
      'next',
      open.detectNext,
      'rehearse on a copy; or initialize, or try again',
      open.detectEnter,
    ),
    compare,
    skip,
    key('space', 'toggle', 'migrate', 'migrate this identity, or leave it alone', open.ownIdentity),
    key(
      'tab',
      'pane',
      open.nextPane,
      'to the references of this identity, and on to all that is known of it',
      open.hasIdentity,
    ),
    remember(open.rememberFirst),
    dateSource,
    { ...findings('findings'), closed: open.findingsLater },
    key('i', 'form', open.formNext, 'whether replaced integer keys go on beside their ULIDs', open.hasForm),
    key(
      'e',
      'strategy',
      open.strategyNext,
      'replace the ids, or expand: ULID columns beside them',
      open.choosable,
    ),
    key(
      'c',
      'choices',
      'choices',
      'strategy, form, letters, sentinels and time zone of the target',
      open.choosable,
    ),
    remember(open.rememberLater),
    back('back', 'back to the targets'),
    rollback,
    trace,
    ...moving,
    {
      ...quiet('[', ['['], 'previous-target', 'the previous of the selected targets'),
      closed: open.severalSelected,
    },
    { ...quiet(']', [']'], 'next-target', 'the next of the selected targets'), closed: open.severalSelected },
    filter,
    ...everywhere,
  ],
  references: [
    key('space', 'toggle', open.followNext, 'follow a reference, or leave it out', open.toggleReference),
    remember(open.rememberFirst),
    key('tab', 'pane', open.nextPane, 'to all that is known of the identity'),
    findingsAside,
    ...withinDetect(open.rememberLater),
  ],
  evidence: [
    key('tab', 'pane', 'identities', 'back to the identities'),
    dateSource,
    findingsAside,
    ...withinDetect(open.rememberable),
  ],
  findings: [
    key(
      'space',
      'toggle',
      open.acceptNext,
      'accept what a finding says of its object, or take that back',
      open.acceptFinding,
    ),
    key('f', 'findings', 'identities', 'back to the identities'),
    ...withinDetect(open.rememberable),
  ],
  choices: [
    key('space', 'toggle', open.choiceNext, 'turn a choice to its next value', open.choosable),
    remember(open.rememberFirst),
    key('c', 'choices', 'identities', 'back to the identities'),
    ...withinDetect(open.rememberLater),
  ],
  initialize: [
    key(
      'c',
      'run-command',
      open.runCommandNext,
      'run the own command of its system, watch what it makes, and end it; the screen shows what is run',
      open.runCommand,
    ),
    key('enter', 'next', open.initializeNext, 'make the tables of the known schema', open.initializeEnter),
    skip,
    { ...back('back', 'back to detect'), closed: open.notLive },
    rollback,
    { ...key('ctrl-c', 'interrupt', open.interruptNow, 'stop, or leave with exit code 130'), footer: true },
    ...moving,
    help,
    quit,
    ...terminal,
  ],
  'dry-run': [
    key('enter', 'next', open.dryRunNext, 'on to the confirmation; or rehearse again', open.dryRunEnter),
    skip,
    key('s', 'statements', 'statements', 'the statements that the plan compiles to', open.rehearsed),
    key('x', 'schema', 'schema', 'what becomes of the schema, as a diff', open.rehearsed),
    key('w', 'write', 'write plan', 'write the plan to a file here', open.rehearsed),
    key('c', 'checks', 'checks', 'all checks of the rehearsal', open.rehearsed),
    back(open.dryRunBack, 'back to detect; abandons a rehearsal'),
    rollback,
    ...moving,
    ...everywhere,
  ],
  'dry-run lists': [
    key('s', 'statements', 'statements', 'the statements, or back to the overview'),
    key('x', 'schema', 'schema', 'what becomes of the schema, or back to the overview'),
    key('c', 'checks', 'checks', 'the checks, or back to the overview'),
    key('w', 'write', 'write plan', 'write the plan to a file here'),
    back('overview', 'back to the overview'),
    rollback,
    ...moving,
    ...everywhere,
  ],
  confirm: [
    key('enter', 'next', 'start', 'start, once the name is typed exactly', open.confirmEnter),
    { ...skip, keys: ['ctrl-n'], label: 'ctrl-n', closed: open.confirmSkip },
    back(open.confirmBack, 'back to the rehearsal; or to the name, while the schema is read once more'),
    ...scrolling,
    quiet('backspace', ['backspace'], 'erase', 'take one letter back'),
    key('ctrl-c', 'interrupt', 'quit, nothing changed', 'leave with exit code 130; nothing was changed'),
    help,
    helpByName,
    ...terminal,
  ],
  migrate: [
    key(
      'enter',
      'next',
      open.migrateNext,
      'after a failure: look at the target again, or, where it was in use, try again',
      open.failedOnly,
    ),
    skip,
    takeBack,
    takeAllBack,
    rollback,
    key('l', 'log', 'log', 'the whole log, or the last lines'),
    key(
      'p',
      'pause',
      open.pauseNext,
      'pause an expansion while it fills rows, with no lock held, and go on; what replaces ids is one transaction and can not be paused',
      open.pausable,
    ),
    key(
      'ctrl-c',
      'interrupt',
      open.interruptNow,
      'stop and undo; an expansion stays as far as it is, to be gone on with; a second time: kill the engine',
    ),
    { ...back('back', 'after a failure: back to detect'), closed: open.notLive },
    help,
    quit,
    ...moving,
    ...terminal,
  ],
  verify: [
    { ...rollback, closed: open.rollbackFirst },
    takeBack,
    takeAllBack,
    key('enter', 'next', open.verifyNext, 'to the next target, or to the end', open.idle),
    key('space', 'toggle', 'details', 'what a check compared', open.proved),
    key('v', 'verify', 'verify again', 'prove the run again, by a fresh process', open.idle),
    key('w', 'write', 'write report', 'write the proof to a file here', open.proved),
    { ...rollback, closed: open.rollbackLater },
    trace,
    back('menu', 'back to the targets'),
    ...moving,
    ...everywhere,
  ],
  application: [
    key('enter', 'next', open.applicationNext, 'run what is shown; afterwards on', open.applicationEnter),
    takeBack,
    takeAllBack,
    key('n', 'skip', open.applicationSkip, 'go on without; ends what is running'),
    back(open.applicationBack, 'back to the targets; ends what is running'),
    rollback,
    ...moving,
    ...everywhere,
  ],
  'take back': [
    key(
      'y / enter',
      'next',
      open.takeBackEnterNext,
      'take them back, one after another; then on',
      open.notLive,
    ),
    { ...back('back', 'back to where you came from'), closed: open.notLive },
    {
      ...key('ctrl-c', 'interrupt', open.interruptNow, 'stop; a second time: kill the engine'),
      footer: true,
    },
    ...moving,
    help,
    quit,
    ...terminal,
  ],
  rollback: [
    key('enter', 'next', 'undo', 'take the run back and keep what was written since', open.undoable),
    key('d', 'rehearse', 'rehearse', 'undo on a copy, and show what it would do', open.rehearsable),
    key(
      's',
      'restore',
      'restore snapshot',
      'put the snapshot back; what was written since is lost',
      open.restorable,
    ),
    back('back', 'back to where you came from'),
    ...moving,
    ...everywhere,
  ],
  undo: [
    key('y / enter', 'next', 'undo', 'start the undo'),
    key('d', 'rehearse', 'rehearse first', 'undo on a copy, and show what it would do', open.rehearsable),
    { ...back('back', 'back to the runs'), keys: ['esc', 'n'] },
    ...moving,
    ...everywhere,
  ],
  restore: [
    key('enter', 'next', 'restore', 'start, once the name is typed exactly', open.confirmEnter),
    back('back', 'back to the runs'),
    ...scrolling,
    quiet('backspace', ['backspace'], 'erase', 'take one letter back'),
    help,
    helpByName,
    leave,
    ...terminal,
  ],
  'rolling back': [
    key('ctrl-c', 'interrupt', open.interruptNow, 'stop; a second time: kill the engine'),
    { ...back('abandon', 'abandon a rehearsal'), closed: open.notLive },
    ...moving,
    help,
    quit,
    ...terminal,
  ],
  'rolled back': [
    key('enter', 'next', open.rolledBackNext, 'on; after a failure: try again'),
    back('back', 'back to the runs'),
    rollback,
    ...moving,
    ...everywhere,
  ],
  trace: [
    key(
      'enter',
      'next',
      'look for it',
      'look for it in all targets, and in those of earlier runs',
      open.traceEnter,
    ),
    back('back', 'back to where you came from'),
    quiet('backspace', ['backspace'], 'erase', 'take one letter back'),
    help,
    helpByName,
    leave,
    ...terminal,
  ],
  traced: [
    key(
      'enter',
      'next',
      open.traceNext,
      'look for the row under the cursor, which refers to this one or is near it in time',
      open.traceEnter,
    ),
    key('t', 'trace', 'another id', 'look for another id'),
    back(open.traceBack, 'to what was looked for before; ends a search under way'),
    rollback,
    ...moving,
    ...everywhere,
  ],
  done: [
    key('enter', 'next', 'quit', 'leave'),
    back('targets', 'back to the targets'),
    takeAllBack,
    rollback,
    trace,
    ...moving,
    ...everywhere,
  ],
  help: [
    ...moving,
    { ...key('?', 'help', 'close help', 'close the help; so does any other key'), keys: ['?', 'f1', 'esc'] },
    leave,
    ...terminal,
  ],
  quitting: [quiet('ctrl-c', ['ctrl-c'], 'interrupt', 'do not wait for the engine: kill it'), ...terminal],
}

/** Where the keys that are pressed now belong. */
export function placeOf(wizard: Wizard): Place {
  if (wizard.help !== null) return 'help'
  const screen = wizard.screen
  switch (screen.name) {
    case 'targets':
      return screen.filter.editing ? 'filter' : 'targets'
    case 'detect':
      if (screen.filter.editing) return 'filter'
      return screen.pane === 'identities' ? 'detect' : screen.pane
    case 'dry-run':
      return screen.view === 'summary' ? 'dry-run' : 'dry-run lists'
    case 'rollback':
      return rollbackPlaces[screen.stage.is]
    case 'take-back':
      return 'take back'
    case 'trace':
      return screen.stage.is === 'typing' ? 'trace' : 'traced'
    case 'open':
    case 'initialize':
    case 'confirm':
    case 'migrate':
    case 'verify':
    case 'application':
    case 'done':
    case 'quitting':
      return screen.name
  }
}

const rollbackPlaces = {
  list: 'rollback',
  asking: 'undo',
  typing: 'restore',
  running: 'rolling back',
  finished: 'rolled back',
  'put-back': 'rolled back',
  failed: 'rolled back',
} as const

/** The bindings of a key, the one that works now first. */
export function bindingOf(wizard: Wizard, pressed: string): Binding | null {
  const all = bindings[placeOf(wizard)].filter(binding => binding.keys.includes(pressed))
  return all.find(binding => binding.closed(wizard) === null) ?? all[0] ?? null
}

/** Every key that some place knows. */
export function boundKeys(): readonly string[] {
  return [...new Set(places.flatMap(place => bindings[place].flatMap(binding => binding.keys)))]
}

export interface FooterKey {
  readonly label: string
  readonly short: string
}

/** What the footer offers: the keys that work now, most important first. */
export function footerKeys(wizard: Wizard): readonly FooterKey[] {
  return bindings[placeOf(wizard)]
    .filter(binding => binding.footer && binding.closed(wizard) === null)
    .map(({ label, short }) => ({ label, short: typeof short === 'string' ? short : short(wizard) }))
}

export interface KeyRow {
  readonly place: Place
  readonly label: string
  readonly long: string
}

const rows: readonly KeyRow[] = places.flatMap(place => {
  const seen = new Set<string>()
  return bindings[place]
    .filter(binding => !seen.has(binding.label) && seen.add(binding.label))
    .map(({ label, long }) => ({ place, label, long }))
})

/** The whole table, for help and the README. */
export function keyTable(): readonly KeyRow[] {
  return rows
}
