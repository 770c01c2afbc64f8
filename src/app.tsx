/** @jsxRuntime automatic */
// tsx looks for tsconfig.json in the folder one is in, and so misses our jsx setting when run from elsewhere.
/** The wizard: the machine, its effects and the terminal, put together. Only imported when there is a terminal. */
import { isDeepStrictEqual } from 'node:util'
import { render } from 'ink'
import { type ReactElement, useCallback, useMemo, useSyncExternalStore } from 'react'
import { exitCodes } from './core/index.ts'
import { picture } from './steps/page.ts'
import { summaryLines } from './steps/summary.ts'
import type { Size } from './ui/frame.ts'
import { type Line, textOf } from './ui/line.ts'
import { Lines } from './ui/lines.tsx'
import { createMachine, suspendedNote, type WizardOptions } from './wizard/machine.ts'
import type { Wizard } from './wizard/state.ts'
import type { Store } from './wizard/store.ts'
import { takeTerminal } from './wizard/terminal.ts'
import { useKeys } from './wizard/use-keys.ts'

export interface ScreenOptions extends WizardOptions {
  /** No alternate screen. */
  readonly inline: boolean
}

const busyTickMs = 200
const idleTickMs = 1_000

/**
 * Opens the wizard on the terminal of this process and waits until it is left. Then a summary stands on the main
 * screen.
 *
 * @returns the exit code: 0, 1, 3, 4, or 128 and the number of the signal
 */
export async function openWizard(options: ScreenOptions): Promise<number> {
  const now = () => Date.now()
  let crash: (error: unknown) => void = () => {}
  const crashed = new Promise<never>((_, reject) => {
    crash = reject
  })
  const machine = createMachine(options, now, {
    redraw: () => {
      terminal.wipe()
      store.dispatch({ type: 'wiped', at: now() })
    },
    suspend: () => terminal.suspend(machine.busy() ? `${suspendedNote}\n` : ''),
  })
  const { store } = machine
  const terminal = takeTerminal({
    stdin: process.stdin,
    stdout: process.stdout,
    inline: options.inline,
    onResize: size => screen.rerender(<App store={store} size={size} />),
    onWiped: () => store.dispatch({ type: 'wiped', at: now() }),
    onSignal: code => store.dispatch({ type: 'signal', code, at: now() }),
    onFault: crash,
  })
  const screen = render(<App store={store} size={terminal.size()} />, {
    stdout: terminal.canvas,
    stdin: process.stdin,
    exitOnCtrlC: false,
    // How often progress is drawn is the store's affair; a key is not to wait for Ink's own pace (33 ms).
    maxFps: 120,
  })
  screen.waitUntilExit().catch(crash) // unmounting is ours to do: only a fault in drawing ends it from there
  const clock = tick(store, () => machine.busy(), now)

  // The first frame is drawn before anything is asked of the engine.
  store.dispatch({ type: 'opened', at: now() })
  try {
    const code = await Promise.race([machine.left, crashed])
    screen.unmount()
    return code
  } catch (fault) {
    // A run goes on without us, and nobody would hear how it ends: it is stopped as by a signal, then told of.
    screen.unmount()
    terminal.close()
    store.dispatch({ type: 'signal', code: exitCodes.failed, at: now() })
    await machine.left
    throw fault
  } finally {
    clock.stop()
    terminal.close()
    machine.close()
    process.stdin.unref()
    process.stdout.write(`${summaryLines(store.get()).map(textOf).join('\n')}\n`)
  }
}

function tick(store: Store, busy: () => boolean, now: () => number): { stop(): void } {
  let timer: NodeJS.Timeout
  const again = () => {
    store.dispatch({ type: 'tick', at: now() })
    timer = setTimeout(again, busy() ? busyTickMs : idleTickMs)
  }
  timer = setTimeout(again, busyTickMs)
  return { stop: () => clearTimeout(timer) }
}

export interface AppProps {
  readonly store: Store
  readonly size: Size
}

export function App({ store, size }: AppProps): ReactElement {
  const frame = useMemo(() => createFrames(store), [store])
  const lines = useSyncExternalStore(store.subscribe, () => frame(size))
  const press = useCallback(
    (key: string) => {
      const before = screenOf(store.get())
      store.dispatch({ type: 'key', key, at: Date.now() })
      return screenOf(store.get()) !== before
    },
    [store],
  )
  useKeys(press)
  return <Lines lines={lines} width={size.columns} />
}

/** A frame that says what the last one did is the last one: for that React, and so Ink, does nothing. */
function createFrames(store: Store): (size: Size) => readonly Line[] {
  let drawn: { readonly wizard: Wizard; readonly size: Size } | undefined
  let frame: readonly Line[] = []
  return size => {
    const wizard = store.get()
    if (drawn?.wizard === wizard && drawn.size === size) return frame
    const next = afresh(picture(wizard, size), wizard.wiped)
    // Only now: what could not be drawn is tried again, and fails again, where React hears of it.
    drawn = { wizard, size }
    if (!isDeepStrictEqual(next, frame)) frame = next
    return frame
  }
}

/** What counts as another screen for keys that came in one chunk. */
function screenOf(wizard: Wizard): string {
  const { screen } = wizard
  const stage =
    screen.name === 'rollback' || screen.name === 'take-back' || screen.name === 'trace'
      ? screen.stage.is
      : ''
  const target = 'journey' in screen ? screen.journey.target : ''
  return [screen.name, stage, target, wizard.help === null ? '' : 'help'].join(' ')
}

/**
 * Ink does not draw a frame that equals the last one, and after a wipe that is just what is needed. So each wipe turns
 * the space at the top left into one that looks the same and is another character.
 */
function afresh(lines: readonly Line[], wiped: number): readonly Line[] {
  const [[first, ...spans] = [], ...rest] = lines
  if (wiped % 2 === 0 || first === undefined || !first.text.startsWith(' ')) return lines
  return [[{ ...first, text: `\u00a0${first.text.slice(1)}` }, ...spans], ...rest]
}
