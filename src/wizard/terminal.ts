/**
 * Control of the terminal itself, and the only file with escape codes. Ink 6 has no alternate screen, clears the
 * scrollback when a frame is as tall as the terminal, and knows neither signals nor suspension (TERMINAL 4).
 */
import { Writable } from 'node:stream'
import type { Size } from '../ui/frame.ts'

const enterAlternate = '\x1b[?1049h\x1b[2J\x1b[H'
const leaveAlternate = '\x1b[?1049l'
const showCursor = '\x1b[?25h'
const hideCursor = '\x1b[?25l'
const wholeScreen = '\x1b[2J\x1b[H'

/** How the signals end the program: 128 and the signal's number. */
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** If nothing stopped us by then, nothing will: there is no shell that could (an orphaned process group). */
const notStoppedMs = 100

export interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Stay on the main screen; ghosts of a narrowing terminal are accepted. */
  readonly inline: boolean
  readonly onResize: (size: Size) => void
  /** The screen was wiped and has to be drawn anew. */
  readonly onWiped: () => void
  readonly onSignal: (code: number) => void
  /** Something was thrown that nobody caught. After `close` Node deals with that again, by ending. */
  readonly onFault: (fault: unknown) => void
}

export interface TerminalControl {
  /** What Ink draws on. */
  readonly canvas: NodeJS.WriteStream
  size(): Size
  /** Wipes the screen; whoever calls this draws next. */
  wipe(): void
  /** Gives the terminal back to the shell until the process is continued. `note` is left on the main screen. */
  suspend(note: string): void
  /** Leaves the alternate screen and shows the cursor; safe to call twice. */
  close(): void
}

/**
 * Stands between Ink and the terminal. It says that the terminal is endlessly tall, since Ink clears the scrollback
 * (`ESC[3J`) for a frame that is not shorter than it, even for the moment of a resize; that frames do fit is the
 * frame's own business. And it passes a resize on only when the screen is ready for the new size.
 */
class Canvas extends Writable {
  readonly isTTY = true
  readonly rows = Number.MAX_SAFE_INTEGER
  /** While the shell has the terminal nothing is drawn; what is due is drawn afterwards. */
  isAway = false
  readonly #stdout: NodeJS.WriteStream

  constructor(stdout: NodeJS.WriteStream) {
    super({ decodeStrings: false })
    this.#stdout = stdout
  }

  get columns(): number {
    return sizeOf(this.#stdout).columns
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isAway) this.#stdout.write(chunk)
    // At once, so that this stream never holds text back while codes are written beside it.
    done()
  }
}

/** Some terminals say 0 until they are asked again, and some say 65535: a frame of that size would never be done. */
export function sizeOf(stdout: Pick<NodeJS.WriteStream, 'columns' | 'rows'>): Size {
  return { columns: Math.min(stdout.columns || 80, 1000), rows: Math.min(stdout.rows || 24, 500) }
}

export function takeTerminal(options: TerminalOptions): TerminalControl {
  const { stdin, stdout, inline } = options
  const canvas = new Canvas(stdout)
  let open = true

  const enter = () => stdout.write((inline ? '' : enterAlternate) + hideCursor)
  const leave = () => stdout.write((inline ? '' : leaveAlternate) + showCursor)
  const wipe = () => void stdout.write(wholeScreen)

  const resized = () => {
    if (!inline) wipe()
    options.onResize(sizeOf(stdout))
    canvas.emit('resize')
    if (!inline) options.onWiped()
  }
  const signalled = Object.entries(signals).map(
    ([name, code]) => [name, () => options.onSignal(code)] as const,
  )
  // A terminal that has gone answers every write with an error; the signal that comes with it is what ends us.
  const gone = () => {}

  const close = () => {
    if (!open) return
    open = false
    leave()
    stdout.off('resize', resized)
    stdout.off('error', gone)
    for (const [name, handler] of signalled) process.off(name, handler)
    process.off('exit', close)
    process.off('uncaughtException', options.onFault)
  }

  enter()
  stdout.on('resize', resized)
  stdout.on('error', gone)
  for (const [name, handler] of signalled) process.on(name, handler)
  process.on('exit', close)
  process.on('uncaughtException', options.onFault)

  return {
    canvas: canvas as unknown as NodeJS.WriteStream,
    size: () => sizeOf(stdout),
    wipe,
    suspend(note) {
      if (process.platform === 'win32') return
      let stopped = true
      const resume = () => {
        if (!stopped) return
        stopped = false
        process.off('SIGCONT', resume)
        stdin.setRawMode(true)
        canvas.isAway = false
        enter()
        resized()
      }
      canvas.isAway = true
      leave()
      stdout.write(note)
      stdin.setRawMode(false)
      process.on('SIGCONT', resume)
      // The whole group, as the terminal itself would do it: a launcher (npm, tsx) that ran on would keep the shell
      // waiting. The engine is in a group of its own and goes on.
      process.kill(0, 'SIGTSTP')
      setTimeout(resume, notStoppedMs)
    },
    close,
  }
}
