/** What a screen shows, as lines to be read: the same page, without width, rules and colours. */
import { pageOf } from '../../steps/page.ts'
import { stopText } from '../../steps/running.ts'
import { textOf, unbounded } from '../../ui/line.ts'
import { pausable } from '../../wizard/openings.ts'
import { documentOf, entryOf, type Screen, type Wizard, workOf } from '../../wizard/state.ts'
import { rowsOf } from './rows.ts'

/** Where one is, what is known, and what is at hand. */
export function pageText(wizard: Wizard): readonly string[] {
  const { screen } = wizard
  if (screen.name === 'quitting' && screen.live === null) return []
  const page = pageOf(wizard)
  const { name } = screen
  const title = page.title === name ? name : `${name}: ${page.title}`
  const sentence = [title, page.badge.text]
    .map(text => text.trim())
    .filter(Boolean)
    .join('. ')
  const rows = rowsOf(wizard)
  const atHand = rows?.names[rows.cursor]
  return [`${sentence}.`, ...bodyText(wizard), ...(atHand === undefined ? [] : [`at hand: ${atHand}`])]
}

function bodyText(wizard: Wizard): readonly string[] {
  const lines = pageOf(wizard)
    .body({ width: unbounded, height: unbounded })
    .map(content => textOf(content).trim())
    .filter(text => text !== '' && text !== '>')
  return workOf(wizard.screen) === null ? lines : atWork(wizard.screen, lines)
}

/** Progress is told as it comes, so that of the page under way only its promise is said. */
function atWork(screen: Screen, lines: readonly string[]): readonly string[] {
  const work = workOf(screen)
  const stop = work === null || screen.name === 'initialize' ? null : stopText(screen, work)
  const promise = screen.name === 'migrate' ? lines.slice(-1) : lines.slice(0, 1)
  const log = screen.name === 'migrate' && screen.wholeLog ? lines.slice(0, -1) : []
  return [...log, ...(stop === null ? promise : [stop])]
}

/** Changes with whatever makes it a page of its own, to be said from its beginning. */
export function pageKey(wizard: Wizard): string {
  const { screen } = wizard
  const work = workOf(screen)
  const parts: string[] = [screen.name, work?.stopping ?? '']
  if ('journey' in screen) parts.push(screen.journey.target)
  if ('work' in screen) parts.push(screen.work.is)
  if ('stage' in screen) parts.push(screen.stage.is)
  if (screen.name === 'migrate' && work !== null)
    parts.push(`${pausable(wizard) === null} ${work.pausing} ${work.progress.pausedAt}`)
  if (screen.name === 'dry-run') parts.push(screen.view)
  if (screen.name === 'application') parts.push(`${screen.tasks.length}`)
  if (screen.name === 'take-back') parts.push(screen.targets.join(' '))
  if (screen.name === 'initialize') parts.push(screen.how)
  if (screen.name === 'detect') {
    const entry = entryOf(wizard, screen.journey.target)
    parts.push(screen.pane, entry.detection.is === 'failed' ? 'failed' : documentOf(entry) ? 'known' : '')
  }
  if ('filter' in screen && screen.filter.editing) parts.push('filter')
  return parts.join(' ')
}

/** Changes when something answered that the page waited for: then what is new on it is said. */
export function answersKey(wizard: Wizard): string {
  const { comparison, entries, screen, statusJob, codeRunsJob } = wizard
  switch (screen.name) {
    case 'targets': {
      const read = entries.filter(({ detection }) => detection.is === 'known' || detection.is === 'failed')
      return [read.length, comparison.is, statusJob === null].join(' ')
    }
    case 'detect':
      return [entryOf(wizard, screen.journey.target).detection.is, comparison.is].join(' ')
    case 'rollback':
      return [statusJob === null, codeRunsJob === null].join(' ')
    default:
      return ''
  }
}
