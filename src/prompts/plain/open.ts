/**
 * The wizard as questions, line by line: the same machine, without a screen. What is written has no escape codes, no
 * line is ever redrawn, and the terminal itself does the editing, so that a screen reader follows.
 */
import { createInterface } from 'node:readline'
import { summaryLines } from '../../steps/summary.ts'
import { textOf } from '../../ui/line.ts'
import { createMachine, suspendedNote, type WizardOptions } from '../../wizard/machine.ts'
import { converse } from './conversation.ts'

/** A terminal that is gone ends the input as Ctrl-D does; the signal that tells them apart may come after it. */
const signalMs = 100

/**
 * Opens the wizard on the terminal of this process and waits until it is left.
 *
 * @returns the exit code: 0, 1, 3, 4, or 128 and the number of the signal
 */
export async function openPlain(options: WizardOptions): Promise<number> {
  const now = () => Date.now()
  const { stdin, stdout } = process
  const write = (text: string) => void stdout.write(`${text}\n`)
  // Nothing is drawn, so nothing is redrawn; and Ctrl-Z comes from the terminal, as a signal.
  const machine = createMachine(options, now, { redraw: () => {}, suspend: () => {} })
  const { store } = machine

  const onInterrupt = () => store.dispatch({ type: 'key', key: 'ctrl-c', at: now() })
  const onTerminate = () => store.dispatch({ type: 'signal', code: 143, at: now() })
  const onHangUp = () => store.dispatch({ type: 'signal', code: 129, at: now() })
  // Stopped by the signal's own way, which spares a process that no shell could continue.
  const onSuspend = () => {
    if (machine.busy()) write(`\n${suspendedNote}`) // behind the ^Z of the terminal
    process.off('SIGTSTP', onSuspend)
    process.kill(process.pid, 'SIGTSTP')
  }
  const onContinue = () => {
    process.off('SIGTSTP', onSuspend).on('SIGTSTP', onSuspend)
    conversation.askAgain()
  }
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onHangUp)

  write('ulid-migrate, line by line. An answer is a number or a letter, then Enter.')
  const conversation = converse(store, now, write)
  process.on('SIGTSTP', onSuspend).on('SIGCONT', onContinue)
  let isOver = false
  let ending: NodeJS.Timeout | undefined
  // Before readline hears of it: what was typed without its Enter is no answer.
  const onEnd = () => {
    if (isOver) return
    isOver = true
    ending = setTimeout(conversation.end, signalMs)
  }
  stdin.on('end', onEnd).on('error', onEnd)
  const lines = createInterface({ input: stdin, terminal: false })
  lines.on('line', line => {
    if (!isOver) conversation.hear(line)
  })

  // The first question is asked before the engine has answered anything.
  store.dispatch({ type: 'opened', at: now() })
  try {
    return await machine.left
  } finally {
    clearTimeout(ending)
    lines.close()
    stdin.off('end', onEnd).off('error', onEnd).unref()
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onHangUp)
    process.off('SIGTSTP', onSuspend).off('SIGCONT', onContinue)
    machine.close()
    for (const line of summaryLines(store.get())) write(textOf(line))
  }
}
