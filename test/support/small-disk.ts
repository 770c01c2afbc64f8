/** A file system of its own, as large as is asked for. Needs root, and a kernel that lets it mount. */
import { execFileSync, spawnSync } from 'node:child_process'
import { statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './folder.ts'

export function mayMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  const folder = temporaryFolder()
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) return false
  return spawnSync('umount', [folder]).status === 0
}

export async function onSmallDisk<T>(kilobytes: number, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = temporaryFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder])
  try {
    return await use(folder)
  } finally {
    execFileSync('umount', ['-l', folder])
  }
}

/** The same, on which nothing can be written once it has been filled. */
export async function onReadOnlyDisk<T>(
  fill: (folder: string) => void,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  return onSmallDisk(4096, async folder => {
    fill(folder)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    return use(folder)
  })
}

/** Fills a disk with a file of somebody else's, but for so many bytes. */
export function fillUp(folder: string, leave: number): void {
  const { bavail, bsize } = statfsSync(folder)
  const bytes = bavail * bsize - leave
  if (bytes > 0) writeFileSync(join(folder, 'filler'), Buffer.alloc(bytes))
}
