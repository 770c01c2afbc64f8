/** Which of these files git would not give back as they are now. */
import { dirname } from 'node:path'
import { execa } from 'execa'

/** @returns those with changes that are not committed; none where there is no git, or no repository */
export async function uncommitted(paths: readonly string[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const folder of new Set(paths.map(path => dirname(path)))) {
    const own = paths.filter(path => dirname(path) === folder)
    // The repository's own settings may name programs to run; a look at its state must not.
    const { exitCode, stdout, stderr } = await execa(
      'git',
      [
        '-c',
        'core.fsmonitor=false',
        'status',
        '--porcelain=v1',
        '-z',
        '--no-renames',
        '--ignored',
        '--',
        ...own,
      ],
      {
        cwd: folder,
        reject: false,
        env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
        stdin: 'ignore',
        timeout: 60_000,
      },
    )
    // Whoever can't be asked, for the repository is another user's perhaps, has not said that all is well.
    if (exitCode === 128 && !stderr.includes('not a git repository')) found.push(...own)
    if (exitCode !== 0) continue
    const names = stdout
      .split('\0')
      .filter(Boolean)
      .map(entry => entry.slice(3))
    found.push(...own.filter(path => names.some(name => path === name || path.endsWith(`/${name}`))))
  }
  return found
}
