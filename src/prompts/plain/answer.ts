/** What a line that was typed means: keys for the machine, or something to be said. Pure, so it can be tested as data. */
import { printable } from '../../ui/printable.ts'
import { matchesName } from '../../ui/target-name.ts'
import { bindingOf, bindings, placeOf } from '../../wizard/keys.ts'
import { typing } from '../../wizard/openings.ts'
import { isLive, type Wizard } from '../../wizard/state.ts'
import { backLetter, type Choice, choiceCalledBack, choicesOf, keyFor } from './choices.ts'
import { keysTo, rowsOf } from './rows.ts'

export type Reply =
  | { readonly does: 'press'; readonly keys: readonly string[] }
  /** A list of rows is shown, to pick one by its number. */
  | { readonly does: 'pick' }
  | { readonly does: 'leave-list' }
  | { readonly does: 'more' }
  | { readonly does: 'repeat' }
  | { readonly does: 'explain' }
  | { readonly does: 'say'; readonly text: string }

const press = (...keys: readonly string[]): Reply => ({ does: 'press', keys })
const say = (text: string): Reply => ({ does: 'say', text })

/** @param picking whether the numbers are those of a list of rows */
export function answerTo(wizard: Wizard, line: string, picking: boolean): Reply {
  const text = line.trim()
  if (picking) return picked(wizard, text)
  const field = typing(wizard)
  if (field !== null && field.name === null) return filtered(wizard, field, line)
  // A name comes before everything else: a database may be called q.
  if (field?.name != null && matchesName(line, field.name)) return typed(field, line)
  switch (text) {
    case '':
      return { does: 'repeat' }
    case '?':
      return { does: 'explain' }
    case 'm':
      return { does: 'more' }
    case backLetter:
      return backOrElse(wizard)
    case 'q':
      return quit(wizard)
  }
  const choices = choicesOf(wizard)
  if (/^\d+$/.test(text)) {
    const number = Number(text)
    if (number === choices.length + 1 && canPick(wizard)) return { does: 'pick' }
    const chosen = choices[number - 1]
    if (chosen !== undefined) return press(chosen.key)
  }
  if (field?.name != null) return say(`Type ${printable(field.name)} exactly.`)
  const named = byLabel(wizard, text, choices)
  if (named !== null) return press(named)
  return say(bindingOf(wizard, text)?.closed(wizard) || unknown(text, wizard))
}

/** Whether there is more than one row to be at hand. */
export function canPick(wizard: Wizard): boolean {
  return typing(wizard) === null && (rowsOf(wizard)?.names.length ?? 0) > 1
}

function unknown(text: string, wizard: Wizard): string {
  const most = choicesOf(wizard).length + (canPick(wizard) ? 1 : 0)
  const numbers = most === 0 ? '' : most === 1 ? '1, ' : `a number from 1 to ${most}, `
  return `${printable(text)} is no answer here. Type ${numbers}or ? for what each does.`
}

/** Texts of the wizard name keys, so what they name is understood here, too. */
function byLabel(wizard: Wizard, text: string, choices: readonly Choice[]): string | null {
  const chosen = choices.find(({ label, key }) => label === text || key === text)
  if (chosen !== undefined) return chosen.key
  const word = text.toLowerCase()
  if (word === 'esc') return keyFor(wizard, 'back')
  const wanted = word === 'space' ? ' ' : word
  const known = bindings[placeOf(wizard)].some(
    ({ keys, action }) => keys.includes(wanted) && (action === 'next' || choices.length === 0),
  )
  return known ? wanted : null
}

function picked(wizard: Wizard, text: string): Reply {
  const rows = rowsOf(wizard)
  if (rows === null || text === backLetter) return { does: 'leave-list' }
  if (text === 'm') return { does: 'more' }
  if (text === 'q') return quit(wizard)
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > rows.names.length)
    return say(`Type a number from 1 to ${rows.names.length}, or b to leave it as it is.`)
  return press(...keysTo(rows, number - 1))
}

function backOrElse(wizard: Wizard): Reply {
  const other = choiceCalledBack(wizard)
  if (other === null) return back(wizard)
  return say(
    `${backLetter} could be meant in two ways here: type esc to go back, or ${other} for what the texts call ${backLetter}.`,
  )
}

function back(wizard: Wizard): Reply {
  const key = keyFor(wizard, 'back')
  if (key !== null && wizard.screen.name !== 'targets') return press(key)
  if (isLive(wizard.screen)) return say(closedBack(wizard))
  if (wizard.screen.name === 'targets' && wizard.screen.filter.text !== '') return press('esc')
  return say('This is the start: there is nothing to go back to. q leaves.')
}

function closedBack(wizard: Wizard): string {
  return bindings[placeOf(wizard)].map(binding => binding.closed(wizard)).find(why => why) || 'Not now.'
}

/** While a name is typed q is text to the machine, so the way out leads over the way back. */
export function quit(wizard: Wizard): Reply {
  const key = keyFor(wizard, 'quit')
  if (key !== null) return press(key)
  if (isLive(wizard.screen)) return say(closedBack(wizard))
  return press('esc', 'q')
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const graphemes = (text: string) => [...segmenter.segment(text)].map(each => each.segment)

/** The whole line in place of what stands in the field, and Enter. The machine looks at the name once more. */
function typed({ typed: before }: { readonly typed: string }, line: string): Reply {
  return press(...graphemes(before).map(() => 'backspace'), ...graphemes(line), 'enter')
}

/** Longer than any name of a table and its column that one would look for. */
const longest = 200

/** Everything but an empty line is a text to look for. */
function filtered(wizard: Wizard, field: { readonly typed: string }, line: string): Reply {
  if (line.trim() === '') return press('esc')
  const isKey = (letter: string) => bindingOf(wizard, letter)?.closed(wizard) === null
  const letters = graphemes(line).filter(letter => !isKey(letter))
  return typed(field, letters.slice(0, longest).join(''))
}
