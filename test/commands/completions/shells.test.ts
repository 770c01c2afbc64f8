import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../support/folder.ts'
import { isInstalled, openShell, shells } from './shells.ts'

for (const shell of shells) {
  const there = isInstalled(shell)
  describe.skipIf(!there)(`${shell}${there ? '' : ` is not installed: apt-get install ${shell}`}`, () => {
    let opened: Awaited<ReturnType<typeof openShell>>

    beforeAll(async () => {
      const folder = temporaryFolder()
      writeFileSync(join(folder, 'my data.db'), '')
      writeFileSync(join(folder, 'a:b.db'), '')
      writeFileSync(join(folder, 'notes.db'), '')
      mkdirSync(join(folder, 'projects'))
      const systems = { 'two words': { targets: ['x.db'] }, 'ns:app': { targets: ['y.db'] } }
      writeFileSync(join(folder, 'ulid-migrate.config.json'), JSON.stringify({ systems }))
      opened = await openShell(shell, temporaryFolder(), folder)
    })
    afterAll(() => opened?.close())

    test.each([
      ['a command', 'ulid-migrate mi', /^> ulid-migrate migrate$/m],
      ['a flag', 'ulid-migrate migrate --str', /^> ulid-migrate migrate --strategy[ =]?$/m],
      [
        'a value that is one of a few',
        'ulid-migrate migrate --strategy ',
        /replace.*expand|expand.*replace/s,
      ],
      ['the one value that begins so', 'ulid-migrate migrate --strategy e', /--strategy expand$/m],
      ['a value behind =', 'ulid-migrate migrate --strategy=e', /--strategy=expand$/m],
      ['a file for a flag', 'ulid-migrate dry-run notes.db --out no', /--out notes\.db$/m],
      ['a folder, and no file, for a flag', 'ulid-migrate detect --projects ', /--projects projects\/$/m],
      ['a database', 'ulid-migrate detect no', /detect notes\.db$/m],
      ['a database without a command', 'ulid-migrate no', /ulid-migrate notes\.db$/m],
      ['a name with a blank, quoted', 'ulid-migrate verify my', /verify my\\ data\.db$/m],
      ['a name with a colon', 'ulid-migrate dry-run a', /^a:b\.db +akosha/m],
      ['a system', 'ulid-migrate run crack', /run crackerjack\/?$/m],
      ['a system of the config file', 'ulid-migrate run two', /run two\\ words\/?$/m],
      ['a system with a colon', 'ulid-migrate run ns', /run ns\\?:app\/?$/m],
      ['a system where databases may stand', 'ulid-migrate detect mahav', /detect mahavishnu$/m],
      ['the next argument behind a value', 'ulid-migrate snapshots --wait 3 pr', /--wait 3 prune$/m],
      ['a shell', 'ulid-migrate completions z', /completions zsh$/m],
      ['a command to help with', 'ulid-migrate help coll', /help collapse$/m],
    ])('completes %s', async (_, line, pattern) => {
      await opened.completes(line, pattern)
    })

    test('offers commands, and no flag, where nothing was typed', async () => {
      const screen = await opened.completes(
        'ulid-migrate ',
        /collapse[\s\S]*crackerjack|crackerjack[\s\S]*collapse/,
      )
      expect(screen).toMatch(/dry-run/)
      expect(screen).toMatch(/notes\.db/)
      expect(screen).not.toMatch(/--json/)
    })

    test.skipIf(shell === 'bash')('says what flags are for', async () => {
      await opened.completes('ulid-migrate ulid --', /print one JSON document/)
    })
  })
}
