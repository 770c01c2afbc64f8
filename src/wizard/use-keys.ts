/**
 * The one place where keys come in. Ink's own hook is left alone, since it merges what arrives in one chunk; of Ink
 * only raw mode is used. What follows a change of screen in the same chunk is dropped, so that three impatient Enters
 * cannot cross three screens.
 */
import { useStdin } from 'ink'
import { useEffect } from 'react'
import { readKeys } from './read-keys.ts'

/** How long the rest of an escape sequence may take before a lone escape is the Esc key; slow lines split them. */
const escapeMs = 25

/** @param press handles one key, and answers whether the screen has changed by it */
export function useKeys(press: (key: string) => boolean): void {
  const { stdin, setRawMode, isRawModeSupported } = useStdin()
  useEffect(() => {
    if (!isRawModeSupported) return
    setRawMode(true)
    let pending = ''
    let timer: NodeJS.Timeout | undefined
    const hand = (keys: readonly string[]) => {
      for (const key of keys) if (press(key)) return true
      return false
    }
    const listen = (data: string | Buffer) => {
      clearTimeout(timer)
      const read = readKeys(pending + data.toString(), false)
      const moved = hand(read.keys)
      pending = moved ? '' : read.pending
      if (pending === '') return
      timer = setTimeout(() => {
        const late = readKeys(pending, true)
        pending = ''
        hand(late.keys)
      }, escapeMs)
    }
    // Ink reads the stream as `readable`; each chunk it takes is also emitted as `data`, and that is where chunks end.
    stdin.on('data', listen)
    return () => {
      clearTimeout(timer)
      stdin.off('data', listen)
      setRawMode(false)
    }
  }, [stdin, setRawMode, isRawModeSupported, press])
}
