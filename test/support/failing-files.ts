/** Makes the n-th call of the file system fail that is made by way of node:fs, with the error that the system would give. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

export const errors = { ENOSPC: -28, EACCES: -13, EIO: -5, EROFS: -30 } as const
export type ErrorCode = keyof typeof errors

const names = [
  'openSync',
  'mkdirSync',
  'mkdtempSync',
  'statSync',
  'lstatSync',
  'statfsSync',
  'renameSync',
  'rmSync',
  'chmodSync',
  'chownSync',
  'copyFileSync',
  'fsyncSync',
  'readSync',
  'realpathSync',
] as const

let armed: { readonly at: number; readonly code: ErrorCode } | null = null
let count = 0

function wrap(name: (typeof names)[number]): void {
  const original = fs[name] as unknown as (...rest: unknown[]) => unknown
  const failing = (...rest: unknown[]) => {
    // Looking for other programs in /proc is best effort; everything else counts.
    const path = typeof rest[0] === 'string' ? rest[0] : ''
    if (armed && !path.startsWith('/proc') && !path.includes('node_modules')) {
      count += 1
      if (count === armed.at) {
        const { code } = armed
        throw Object.assign(new Error(`${code}: on purpose, ${name} '${path}'`), {
          code,
          errno: errors[code],
          syscall: name,
          ...(path === '' ? {} : { path }),
        })
      }
    }
    return original(...rest)
  }
  Object.assign(failing, original) // realpathSync.native
  ;(fs as unknown as Record<string, unknown>)[name] = failing
}

let wrapped = false

/** Runs `work` with its n-th file operation failing. @returns how many there were, and which one failed */
export async function withFileFailure<T>(
  failure: { readonly at: number; readonly code: ErrorCode },
  work: () => Promise<T>,
): Promise<{ result: T; count: number }> {
  if (!wrapped) for (const name of names) wrap(name)
  if (!wrapped) syncBuiltinESMExports()
  wrapped = true
  armed = failure
  count = 0
  try {
    return { result: await work(), count }
  } finally {
    armed = null
  }
}
