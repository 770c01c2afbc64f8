/** One conversation with the machine: what is said when, and what is done about a line. Knows no terminal. */
import { printable } from '../../ui/printable.ts'
import type { Progress } from '../../wizard/progress.ts'
import { type Wizard, workOf } from '../../wizard/state.ts'
import type { Store } from '../../wizard/store.ts'
import { answerTo, quit } from './answer.ts'
import { answersKey, pageKey, pageText } from './page-text.ts'
import { progressText } from './progress-text.ts'
import { choicesText, explainText, pickQuestion, pickText, questionText } from './question.ts'

export interface Conversation {
  /** A line that was typed. */
  hear(line: string): void
  /** Asks once more what was asked last. */
  askAgain(): void
  /** Nothing more will be typed: leaves as soon as nothing is under way that has to end. */
  end(): void
}

/** Lines of a long list that are said at once. */
const pageLength = 24

/** @param write takes one line at a time, printable and without its end */
export function converse(store: Store, now: () => number, write: (line: string) => void): Conversation {
  const said = { page: '', answers: '', notice: '', choices: '' }
  /** What was said last of the page, so that only what is new is said again. */
  let known: ReadonlySet<string> = new Set()
  let rest: readonly string[] = []
  let picking = false
  let hearing = false
  let ended = false
  let last: Progress | null = null
  let jobs = ''

  const say = (lines: readonly string[]) => {
    for (const line of lines) write(printable(line))
  }

  /** As much as is heard at once; the rest waits to be asked for. */
  function sayPart(lines: readonly string[]): void {
    rest = lines.length > pageLength ? lines.slice(pageLength) : []
    say(rest.length > 0 ? lines.slice(0, pageLength) : lines)
  }

  function ask(whole: boolean): void {
    const wizard = store.get()
    said.choices = choicesText(wizard, false).join('\n')
    if (picking) say([pickQuestion(wizard, rest.length)])
    else say([...choicesText(wizard, whole), questionText(wizard, rest.length)].filter(Boolean))
  }

  function remember(wizard: Wizard, lines: readonly string[]): void {
    said.page = pageKey(wizard)
    said.answers = answersKey(wizard)
    known = new Set(lines)
  }

  function sayNotice(wizard: Wizard): void {
    if (wizard.notice !== '' && wizard.notice !== said.notice) say([wizard.notice])
    said.notice = wizard.notice
  }

  function sayPage(): void {
    const wizard = store.get()
    const lines = pageText(wizard)
    picking = false
    if (lines.length > 0) write('')
    sayNotice(wizard)
    sayPart(lines)
    remember(wizard, lines)
    ask(true)
  }

  /** What is new on the page. Asked for nothing, the choices are only said again where their numbers have changed. */
  function sayNews(answered: boolean): void {
    const wizard = store.get()
    const lines = pageText(wizard)
    sayNotice(wizard)
    sayPart(lines.filter(line => !known.has(line)))
    remember(wizard, lines)
    if (answered || choicesText(wizard, false).join('\n') !== said.choices) ask(false)
  }

  /** What the engine has told since; by number of its call, since each begins anew. */
  function sayProgress(wizard: Wizard): void {
    const { progress, job } = atWork(wizard)
    if (progress !== null && last !== null && jobs === job) say(progressText(last, progress, now()))
    last = progress
    jobs = job
  }

  function look(): void {
    const wizard = store.get()
    sayProgress(wizard)
    if (hearing) return
    if (ended && leaveWherePossible()) return
    if (pageKey(wizard) !== said.page) sayPage()
    else if (picking) return
    else if (answersKey(wizard) !== said.answers) sayNews(false)
    else sayNotice(wizard)
  }

  function press(keys: readonly string[]): void {
    const place = pageKey(store.get())
    for (const [at, key] of keys.entries()) {
      // The rest of a line never acts on another page, but for the way out, which leads over one.
      const moved = at > 0 && pageKey(store.get()) !== place
      if (moved && key !== 'q') break
      store.dispatch({ type: 'key', key, at: now() })
    }
  }

  function leaveWherePossible(): boolean {
    const wizard = store.get()
    if (wizard.screen.name === 'quitting') return false
    const reply = quit(wizard)
    if (reply.does !== 'press') return false
    hearing = true
    press(reply.keys)
    hearing = false
    return store.get().screen.name === 'quitting'
  }

  function hear(line: string): void {
    const before = store.get()
    if (before.screen.name === 'quitting') return
    const reply = answerTo(before, line, picking)
    switch (reply.does) {
      case 'press':
        picking = false
        said.notice = ''
        heard(reply.keys)
        return
      case 'pick':
        picking = true
        sayPart(pickText(before))
        break
      case 'leave-list':
        picking = false
        rest = []
        break
      case 'more':
        if (rest.length === 0) say(['There is no more.'])
        sayPart(rest)
        break
      case 'repeat':
        sayPage()
        return
      case 'explain':
        say(explainText(before))
        break
      case 'say':
        say([reply.text])
        break
    }
    ask(false)
  }

  function heard(keys: readonly string[]): void {
    hearing = true
    press(keys)
    hearing = false
    if (pageKey(store.get()) === said.page) sayNews(true)
    else sayPage()
  }

  store.subscribe(look)
  return {
    hear,
    askAgain: () => ask(false),
    end() {
      ended = true
      leaveWherePossible()
    },
  }
}

/** The call whose progress is told: that of the page, else the reading of its target, else the comparison. */
function atWork(wizard: Wizard): { readonly job: string; readonly progress: Progress | null } {
  const { screen, comparison } = wizard
  const work = workOf(screen)
  if (work !== null) return { job: `${work.job}`, progress: work.progress }
  if (screen.name !== 'detect') return { job: '', progress: null }
  const entry = wizard.entries.find(each => each.target === screen.journey.target)
  if (entry?.detection.is === 'reading')
    return { job: `${entry.detection.job}`, progress: entry.detection.progress }
  if (comparison.is === 'asking') return { job: `${comparison.job}`, progress: comparison.progress }
  return { job: '', progress: null }
}
