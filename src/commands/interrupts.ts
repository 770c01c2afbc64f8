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
  /** Several may be under way at once; a signal is one press for all of them. */
  const watched = new Set<{ readonly work: Stoppable; readonly say: (text: string) => void }>()
  const signals = Object.keys(signalExits) as StopSignal[]
  const listeners = signals.map(signal => {
    const listener = () => {
      const first = received === null
      received ??= signal
      const all = [...watched]
      all[0]?.say(
        first
          ? 'Stopping at the next safe point. Press Ctrl-C again to kill the engine instead.'
          : 'Killing the engine. The file is rolled back when it is next opened.',
      )
      for (const { work } of all) first ? work.stop() : work.kill()
    }
    return { signal, listener }
  })
  return {
    get received() {
      return received
    },
    record(signal) {
      received ??= signal
    },
    watch(work, say) {
      const one = { work, say }
      if (watched.size === 0) for (const { signal, listener } of listeners) source.on(signal, listener)
      watched.add(one)
      return () => {
        watched.delete(one)
        if (watched.size === 0) for (const { signal, listener } of listeners) source.off(signal, listener)
      }
    },
  }
}
