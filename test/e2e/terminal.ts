/** A real terminal: a program in a pseudo-terminal, and an emulator that reads what it draws. */
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export interface TerminalCall {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cols?: number
  readonly rows?: number
  readonly cwd?: string
  /** Told of what was written, before the emulator is. */
  readonly heard?: (data: string) => void
}

/** One character of the screen, and how it is drawn. */
export interface Cell {
  readonly text: string
  /** In cells: 2 for wide characters. */
  readonly width: number
  /** Of the 256 colours of a terminal; null for the one that text has. */
  readonly colour: number | null
  readonly bold: boolean
  readonly dim: boolean
}

export interface OpenTerminal {
  readonly pid: number
  /** What stands on the screen, line by line, without blanks at the ends. */
  screen(): string
  /** The same, character by character. */
  cells(): readonly (readonly Cell[])[]
  /** Whether the alternate screen is in use. */
  alternate(): boolean
  /** Everything above the screen, too. */
  scrollback(): string
  /**
   * Waits until the screen matches.
   * @throws with the screen in the message, when it has not for `timeoutMs`, or the program has ended
   */
  until(pattern: RegExp, timeoutMs?: number): Promise<string>
  /** Sends keys by name, or as they are. */
  press(...keys: readonly string[]): void
  type(text: string): void
  resize(cols: number, rows: number): void
  /** Everything that was written to the terminal so far. */
  bytes(): string
  signal(name: NodeJS.Signals): void
  /** Closes the terminal under the program, as a window that is shut or a connection that breaks. */
  hangUp(): void
  /** The exit code; 128 and the number for a signal. */
  readonly exit: Promise<number>
  close(): void
}

const named: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  space: ' ',
  tab: '\t',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  'page-up': '\x1b[5~',
  'page-down': '\x1b[6~',
  'ctrl-c': '\x03',
  'ctrl-l': '\x0c',
  'ctrl-z': '\x1a',
}

/** Only ever used up by what does not come: a machine that does other things as well may be ten times slower. */
const patienceMs = 90_000

export function openTerminal(call: TerminalCall): OpenTerminal {
  const cols = call.cols ?? 100
  const rows = call.rows ?? 30
  const emulator = new xterm.Terminal({ cols, rows, scrollback: 1000, allowProposedApi: true })
  const { NO_COLOR: _colour, FORCE_COLOR: _force, ...environment } = process.env
  const child = spawn(call.command, [...call.args], {
    cols,
    rows,
    cwd: call.cwd ?? process.cwd(),
    // Any CI variable makes Ink draw nothing until the end (TERMINAL 4).
    env: {
      ...environment,
      TERM: 'xterm-256color',
      CI: 'false',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
      ...call.env,
    },
  })
  let written = ''
  let ended = false
  const watchers = new Set<() => void>()
  const look = () => {
    for (const watch of [...watchers]) watch()
  }
  child.onData(data => {
    written += data
    call.heard?.(data)
    emulator.write(data, look)
  })
  const exit = new Promise<number>(resolve => {
    child.onExit(({ exitCode, signal }) => {
      // What was written last may still be on its way through the emulator.
      emulator.write('', () => {
        ended = true
        look()
        resolve(signal ? 128 + signal : exitCode)
      })
    })
  })

  function lines(from: number, to: number): string {
    const buffer = emulator.buffer.active
    return Array.from(
      { length: to - from },
      (_, row) => buffer.getLine(from + row)?.translateToString(true) ?? '',
    )
      .join('\n')
      .replaceAll('\u00a0', ' ')
      .trimEnd()
  }
  const screen = () => lines(emulator.buffer.active.baseY, emulator.buffer.active.baseY + emulator.rows)

  function cells(): readonly (readonly Cell[])[] {
    const { active } = emulator.buffer
    return Array.from({ length: emulator.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row)
      const all = Array.from({ length: emulator.cols }, (_, column) => line?.getCell(column))
      return all.flatMap(cell =>
        cell === undefined || cell.getWidth() === 0
          ? []
          : [
              {
                text: cell.getChars().replace('\u00a0', ' ') || ' ',
                width: cell.getWidth(),
                colour: cell.isFgPalette() ? cell.getFgColor() : null,
                bold: cell.isBold() !== 0,
                dim: cell.isDim() !== 0,
              },
            ],
      )
    })
  }

  function until(pattern: RegExp, timeoutMs = patienceMs): Promise<string> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        clearTimeout(timer)
        watchers.delete(watch)
        act()
      }
      const complain = (why: string) =>
        reject(
          new Error(`${why} while waiting for ${pattern}; the screen was:\n${screen()}\n(end of the screen)`),
        )
      const watch = () => {
        const seen = screen()
        if (pattern.test(seen)) finish(() => resolve(seen))
        else if (ended) finish(() => complain('The program ended'))
      }
      const timer = setTimeout(() => finish(() => complain(`Nothing came for ${timeoutMs} ms`)), timeoutMs)
      watchers.add(watch)
      watch()
    })
  }

  return {
    pid: child.pid,
    screen,
    cells,
    alternate: () => emulator.buffer.active.type === 'alternate',
    scrollback: () => lines(0, emulator.buffer.active.length),
    until,
    press: (...keys) => {
      for (const key of keys) child.write(named[key] ?? key)
    },
    type: text => child.write(text),
    resize: (newCols, newRows) => {
      emulator.resize(newCols, newRows)
      child.resize(newCols, newRows)
    },
    bytes: () => written,
    signal: name => process.kill(child.pid, name),
    // The part of node-pty that its types leave out.
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    exit,
    close: () => {
      if (!ended) child.kill('SIGKILL')
      emulator.dispose()
    },
  }
}
