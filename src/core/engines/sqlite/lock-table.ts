/** What the system's own tables of locks and open files say, as text; how they are read is lock-holder's business. */

/** One POSIX lock of /proc/locks. */
interface Lock {
  readonly pid: number
  readonly inode: number
  readonly writes: boolean
  readonly from: number
}

/** Where SQLite locks the file itself: the pending byte and what follows it (https://sqlite.org/lockingv3.html). */
const PENDING = 0x40000000
/** Where a writer locks the -shm of a file in WAL mode (https://sqlite.org/walformat.html, 2.3). */
const WAL_WRITE = 120

function parseLocks(table: string): readonly Lock[] {
  return table.split('\n').flatMap(line => {
    // "3: POSIX  ADVISORY  WRITE 4711 fd:01:1183 1073741825 1073741825"; a waiter's line has an arrow in it.
    const [, kind, , access, pid, file = '', from] = line.trim().split(/\s+/)
    if (kind !== 'POSIX') return []
    const inode = Number(file.slice(file.lastIndexOf(':') + 1))
    return [{ pid: Number(pid), inode, writes: access === 'WRITE', from: Number(from) }]
  })
}

/**
 * The processes that hold a lock on a database which keeps others from writing, by the text of /proc/locks and the
 * inodes of the file and, in WAL mode, of its -shm.
 */
export function holdersIn(
  table: string,
  inodes: { readonly file: number; readonly shm?: number },
): readonly number[] {
  const holding = parseLocks(table).filter(({ inode, from, writes }) =>
    inode === inodes.file ? from >= PENDING : inode === inodes.shm && from === WAL_WRITE && writes,
  )
  return [...new Set(holding.map(lock => lock.pid))]
}

/** Processes and their programs in the output of `lsof -F pc`: a line `p4711`, then a line `cpython3`. */
export function processesIn(lsof: string): readonly { readonly pid: number; readonly program: string }[] {
  return [...lsof.matchAll(/^p(\d+)\nc(.*)$/gm)].map(([, pid, program]) => ({
    pid: Number(pid),
    program: program ?? '',
  }))
}
