/** What a command prints, told as it comes; a flood is told in part, so that the screen keeps up. */
import type { Context } from '../../context.ts'

type Stream = 'stdout' | 'stderr'

export interface Output {
  take(line: string, stream: Stream): void
  /** Sends what came since, at most so many lines of it. */
  tell(): void
  /** The last lines of all, for a report. */
  last(): readonly string[]
}

const atOnce = 40
const kept = 12

export function outputOf(context: Context): Output {
  const waiting: { readonly text: string; readonly stream: Stream }[] = []
  const last: string[] = []
  let dropped = 0
  return {
    take(text, stream) {
      if (text === '') return
      waiting.push({ text, stream })
      if (waiting.length > atOnce) {
        waiting.shift()
        dropped += 1
      }
      last.push(text)
      if (last.length > kept) last.shift()
    },
    tell() {
      if (dropped > 0)
        context.emit({ type: 'output', stream: 'stdout', text: `(${dropped} lines are not shown)` })
      for (const line of waiting) context.emit({ type: 'output', ...line })
      waiting.length = 0
      dropped = 0
    },
    last: () => [...last],
  }
}
