/** One of the two streams. Results go to stdout, all else to stderr, and each decides about colour for itself. */
import type { WriteStream } from 'node:tty'

export interface Output {
  readonly colour: boolean
  readonly terminal: boolean
  /** How wide the terminal is; undefined where there is none. */
  readonly columns: number | undefined
  /** @returns resolves when there is room for more; false once the reader has gone (`| head`) */
  write(text: string): Promise<boolean>
}

/** Wraps a process stream. Its 'error' events are the launcher's: a reader that left is not a fault. */
export function streamOutput(stream: NodeJS.WriteStream): Output {
  const tty = stream.isTTY ? (stream as WriteStream) : null
  return {
    // hasColors knows NO_COLOR, FORCE_COLOR and TERM; the launcher has folded our own flags into them.
    colour: tty?.hasColors() ?? false,
    terminal: tty !== null,
    columns: tty?.columns,
    async write(text) {
      if (stream.destroyed || !stream.writable) return false
      if (stream.write(text)) return true
      return await new Promise<boolean>(resolve => {
        const settle = (alive: boolean) => () => {
          stream.off('drain', drained).off('close', closed).off('error', closed)
          resolve(alive)
        }
        const drained = settle(true)
        const closed = settle(false)
        stream.on('drain', drained).on('close', closed).on('error', closed)
      })
    },
  }
}
