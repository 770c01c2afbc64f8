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

/** Those of node:fs/promises, and of what they open. */
const promised = ['open', 'copyFile'] as const
const ofHandles = ['read', 'write', 'sync', 'truncate'] as const

let armed: { readonly at: number; readonly code: ErrorCode } | null = null
let count = 0

type Method = (this: unknown, ...rest: unknown[]) => unknown

function wrap(on: object, name: string): void {
  const methods = on as Record<string, Method>
  const original = methods[name]!
  const failing = function (this: unknown, ...rest: unknown[]) {
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
    return original.apply(this, rest)
  }
  Object.assign(failing, original) // realpathSync.native
  methods[name] = failing
}

let wrapped = false

async function wrapOnce(): Promise<void> {
  if (wrapped) return
  wrapped = true
  const handle = await fs.promises.open(process.execPath)
  await handle.close()
  for (const name of names) wrap(fs, name)
  for (const name of promised) wrap(fs.promises, name)
  for (const name of ofHandles) wrap(Object.getPrototypeOf(handle) as object, name)
  syncBuiltinESMExports()
}

/** Runs `work` with its n-th file operation failing. @returns how many there were, and which one failed */
export async function withFileFailure<T>(
  failure: { readonly at: number; readonly code: ErrorCode },
  work: () => Promise<T>,
): Promise<{ result: T; count: number }> {
  await wrapOnce()
  armed = failure
  count = 0
  try {
    return { result: await work(), count }
  } finally {
    armed = null
  }
}
