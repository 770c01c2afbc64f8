import { describe, expect, test } from 'vitest'
import { mountOf, parseMount, parseMountinfo } from '../../../../src/core/engines/sqlite/mount.ts'

const linux = parseMountinfo(`26 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 26 0:40 / /mnt rw - tmpfs tmpfs rw
41 40 0:41 / /mnt/share rw,relatime - nfs4 server:/export rw,vers=4.2
42 26 0:42 / /home/u/my\\040files rw - fuse.sshfs u@server: rw,user_id=1000
43 26 0:43 / /over rw - ext4 /dev/vdb rw
44 26 0:44 / /over rw - cifs //server/share rw
45 26 0:45 / /mnt/c rw - 9p C:\\134 rw,aname=drvfs
46 26 0:46 / /merged rw - fuse.mergerfs a:b rw
`)
const mac = parseMount(`/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//u@server/share on /Volumes/my share (smbfs, nodev, nosuid, mounted by u)
`)

describe('the mount that a file is on', () => {
  test.each([
    ['/data/jobs.db', linux, 'ext4', 'local'],
    ['/mnt/jobs.db', linux, 'tmpfs', 'local'],
    ['/mnt/share/jobs.db', linux, 'nfs4', 'network'],
    ['/mnt/shared/jobs.db', linux, 'tmpfs', 'local'],
    ['/home/u/my files/a/jobs.db', linux, 'fuse.sshfs', 'network'],
    ['/over/jobs.db', linux, 'cifs', 'network'],
    ['/mnt/c/jobs.db', linux, '9p', 'host'],
    ['/merged/jobs.db', linux, 'fuse.mergerfs', 'local'],
    ['/Users/u/jobs.db', mac, 'apfs', 'local'],
    ['/Volumes/my share/jobs.db', mac, 'smbfs', 'network'],
    ['/data/jobs.db', [], '', 'local'],
  ] as const)('%s', (path, mounts, type, reach) => {
    expect(mountOf(path, mounts)).toEqual({ type, reach })
  })
})
