/** The choices and the question at the end of what is said; and what each of them does, for whoever asks. */
import { counted } from '../../ui/format.ts'
import { typing } from '../../wizard/openings.ts'
import { isLive, type Wizard, workOf } from '../../wizard/state.ts'
import { canPick } from './answer.ts'
import { backLetter, choiceCalledBack, choicesOf, interruptWords, keyFor, whyNotOn } from './choices.ts'
import { rowsOf } from './rows.ts'

/** @param whole with what each choice does, as when one comes to a page for the first time */
export function choicesText(wizard: Wizard, whole: boolean): readonly string[] {
  const closed = whyNotOn(wizard)
  const choices = choicesOf(wizard)
  const rows = rowsOf(wizard)
  return [
    ...(closed === null ? [] : [`not yet: ${closed}`]),
    ...choices.map(
      ({ short, long }, at) => `${at + 1}. ${whole && short !== long ? `${short}: ${long}` : short}`,
    ),
    ...(rows !== null && canPick(wizard) ? [`${choices.length + 1}. another ${rows.one}`] : []),
  ]
}

/** @param more how many lines have not been shown yet */
export function questionText(wizard: Wizard, more: number): string {
  if (wizard.screen.name === 'quitting') return ''
  const field = typing(wizard)
  if (field !== null && field.name === null) return fieldQuestion(wizard)
  const live = isLive(wizard.screen)
  const interrupt = live ? interruptWords(wizard) : null
  const ways = [
    ...(interrupt === null ? [] : [`Ctrl-C ${interrupt}`]),
    ...(more > 0 ? [`m ${counted(more, 'more line')}`] : []),
    ...(keyFor(wizard, 'back') === null || wizard.screen.name === 'targets' ? [] : [backWords(wizard)]),
    '? explain',
    ...(live ? [] : ['q quit']),
  ]
  return `${questionOf(wizard, field !== null)} ${ways.join(', ')}:`
}

/** For a text that has to match nothing. */
function fieldQuestion({ screen }: Wizard): string {
  switch (screen.name) {
    case 'open':
      return 'Which database, folder or system? Type its path or name, or nothing to go back:'
    case 'trace':
      return 'Which id? Type a ULID or an old id, or nothing to go back:'
    default:
      return 'Which rows? Type a part of their name, or nothing for all of them:'
  }
}

function backWords(wizard: Wizard): string {
  const letter = choiceCalledBack(wizard) === null ? backLetter : 'esc'
  return `${letter} ${workOf(wizard.screen) === null ? 'back' : 'abandon'}`
}

function questionOf(wizard: Wizard, names: boolean): string {
  if (names) return 'The name?'
  if (workOf(wizard.screen) !== null) return 'Under way.'
  return choicesOf(wizard).length > 0 ? 'What next? A number,' : 'What next?'
}

export function pickText(wizard: Wizard): readonly string[] {
  const { names = [] } = rowsOf(wizard) ?? {}
  return names.map((name, at) => `${at + 1}. ${name}`)
}

export function pickQuestion(wizard: Wizard, more: number): string {
  const { one, names = [], cursor = 0 } = rowsOf(wizard) ?? { one: 'row' }
  const ways = [
    'a number',
    ...(more > 0 ? [`m ${more} more`] : []),
    `b stays with ${names[cursor] ?? 'none'}`,
  ]
  return `Which ${one}? ${ways.join(', ')}:`
}

const everywhere: readonly string[] = [
  'An answer is a line: a number, a letter or a name, and then Enter. An empty line says all of it again.',
  'b goes back, q leaves, ? explains, m shows more of a long list. The names of the keys that texts speak of, like space or esc, are answers too.',
  'Ctrl-C leaves, and while a database is changed it stops that and takes it back. Ctrl-D leaves as q does.',
  'Exit codes: 0 done or nothing to do, 1 failed, 3 verification found problems, 4 a precondition blocks and nothing was changed, 130 stopped by Ctrl-C.',
  'Snapshots and the ledger of runs lie in the state folder. Plans and reports that you write lie in the folder you are in.',
]

export function explainText(wizard: Wizard): readonly string[] {
  const choices = choicesOf(wizard)
  const rows = rowsOf(wizard)
  return [
    ...choices.map(({ short, long, label }, at) => `${at + 1}. ${short}: ${long} (key ${label})`),
    ...(rows !== null && canPick(wizard)
      ? [`${choices.length + 1}. another ${rows.one}: the choices are about the one at hand`]
      : []),
    ...everywhere,
  ]
}
