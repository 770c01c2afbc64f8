/**
 * What kind of file system a file lies on. Over a network the locks that SQLite relies on are often not there
 * (https://sqlite.org/faq.html#q5), and the shared memory of WAL mode never is (https://sqlite.org/wal.html, HAZARDS E6).
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { sep } from 'node:path'

export interface Mount {
  /** As the system calls it: `ext4`, `nfs4`, `fuse.sshfs`; empty where it does not tell. */
  readonly type: string
  /** `host`: a folder of the machine that this one runs on as a guest. */
  readonly reach: 'local' | 'host' | 'network'
}

interface Mounted {
  readonly at: string
  readonly type: string
}

const network =
  /^(nfs\d?|cifs|smb\d?|smbfs|afs|afpfs|ceph|lustre|beegfs|glusterfs|gpfs|gfs2|ocfs2|coda|ncpfs|webdav|davfs2?|(mac|osx)?fuse[._](sshfs|rclone|s3fs|gcsfuse|goofys|glusterfs|ceph(-fuse)?|cifs|smbnetfs|davfs2?|curlftpfs|blobfuse2?|juicefs|mountpoint-s3))$/i
const host =
  /^(9p|drvfs|virtiofs|vboxsf|prl_fs|vmhgfs|(mac|osx)?fuse[._](vmhgfs(-fuse)?|virtiofs|grpcfuse))$/i

/** The mount that the real path `path` is on. Never throws: where the system does not tell, the file counts as local. */
export function mountOf(path: string, mounts: readonly Mounted[] = mountsOfSystem()): Mount {
  const { type } = mounts
    .filter(({ at }) => path === at || path.startsWith(at.endsWith(sep) ? at : at + sep))
    // Of two on one folder the later covers the earlier.
    .reduce((best, each) => (each.at.length >= best.at.length ? each : best), { at: '', type: '' })
  return { type, reach: network.test(type) ? 'network' : host.test(type) ? 'host' : 'local' }
}

function mountsOfSystem(): readonly Mounted[] {
  try {
    if (process.platform === 'linux') return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'))
    if (process.platform === 'win32') return []
    return parseMount(spawnSync('mount', { encoding: 'utf8', timeout: 2000 }).stdout ?? '')
  } catch {
    return [] // no /proc: nothing is known
  }
}

/** See proc_pid_mountinfo(5): the fifth field is the place, the first behind the dash the type; blanks are written in octal. */
export function parseMountinfo(text: string): readonly Mounted[] {
  return text.split('\n').flatMap(line => {
    const [before = '', after = ''] = line.split(' - ')
    const at = before.split(' ')[4]
    const [type] = after.split(' ')
    return at && type
      ? [{ at: at.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))), type }]
      : []
  })
}

/** What mount(8) prints on macOS and the BSDs: `//user@server/share on /Volumes/share (smbfs, nodev)`. */
export function parseMount(text: string): readonly Mounted[] {
  return text.split('\n').flatMap(line => {
    const [, at, type] = /^.+? on (\/.*) \(([^,)]+)/.exec(line) ?? []
    return at && type ? [{ at, type }] : []
  })
}
