/**
 * What a signal means to a headless command: the first asks the engine to stop at the next chunk and roll back, the
 * second kills it. Handlers exist only while something is under way; before and after, a signal just ends the process.
 */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What a shell expects of a program that a signal ended. */
export const signalExits: Readonly<Record<StopSignal, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 }

/** Something that can be stopped: an engine run, or a question that waits for its answer. */
interface Stoppable {
  stop(): void
  kill(): void
}

export interface Interrupts {
  /** The first signal that came, or null. */
  readonly received: StopSignal | null
  /** Notes a Ctrl-C that arrived as a key, because a question had the terminal. */
  record(signal: StopSignal): void
  /**
   * Sends signals to `work` until the returned function is called.
   *
   * @param say told what is being done about a signal, for the operator
   */
  watch(work: Stoppable, say: (text: string) => void): () => void
}

/** The part of `process` that this needs. */
export interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown
  off(signal: StopSignal, listener: () => void): unknown
}

export function createInterrupts(source: SignalSource): Interrupts {
  let received: StopSignal | null = null
  const signals = Object.keys(signalExits) as StopSignal[]
  return {
    get received() {
      return received
    },
    record(signal) {
      received ??= signal
    },
    watch(work, say) {
      const listeners = signals.map(signal => {
        const listener = () => {
          if (received === null) {
            received = signal
            say('Stopping at the next safe point. Press Ctrl-C again to kill the engine instead.')
            work.stop()
          } else {
            say('Killing the engine. SQLite rolls back when the file is next opened.')
            work.kill()
          }
        }
        source.on(signal, listener)
        return { signal, listener }
      })
      return () => {
        for (const { signal, listener } of listeners) source.off(signal, listener)
      }
    },
  }
}
