/**
 * What source code was before a run changed it: a copy of each file by the hash of its content, and a list of which file
 * was which. The copies are there, and on the disk, before the first file is changed.
 */
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { CodeRun, CodeUndone } from '../documents.ts'
import { precondition, Refusal } from '../message.ts'
import { removeDrafts, replaceFile } from '../replace-file.ts'
import type { Requests, Settings } from '../requests.ts'
import { inShell } from '../shell.ts'

/** A file that a run changes; before is null for one that it makes. */
export interface Rewrite {
  readonly path: string
  readonly before: string | null
  readonly after: string
}

interface Manifest {
  readonly run: string
  readonly at: string
  readonly target: string
  /** Missing in those that older versions wrote. */
  readonly system?: string
  readonly status: CodeRun['status']
  readonly files: readonly { readonly path: string; readonly before: string | null; readonly after: string }[]
}

const sha = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')

/** Keeps what is there, then changes the files, each as a whole. */
export function rewriteKept(
  { run, at, target, system }: Pick<CodeRun, 'run' | 'at' | 'target' | 'system'>,
  rewrites: readonly Rewrite[],
  settings: Settings,
): void {
  const folder = folderOf(settings)
  mkdirSync(join(folder, 'objects'), { recursive: true, mode: 0o700 })
  for (const { path, before } of rewrites) {
    assertAsRead(path, before)
    if (before !== null) keep(folder, before)
  }
  const files = rewrites.map(({ path, before, after }) => ({
    path,
    before: before === null ? null : sha(before),
    after: sha(after),
  }))
  const manifest: Manifest = { run, at, target, system, status: 'unfinished', files }
  note(folder, manifest)
  const written: Rewrite[] = []
  try {
    for (const rewrite of rewrites) {
      assertAsRead(rewrite.path, rewrite.before)
      replaceFile(rewrite.path, rewrite.after)
      written.push(rewrite)
    }
  } catch (error) {
    for (const { path, before } of written.reverse()) putBack(path, before)
    note(folder, { ...manifest, status: 'undone' })
    throw error instanceof Refusal ? error : notWritten(rewrites[written.length]!.path, error)
  }
  note(folder, { ...manifest, status: 'written' })
}

function putBack(path: string, before: string | Buffer | null): void {
  if (before === null) rmSync(path, { force: true })
  else replaceFile(path, before)
}

function notWritten(path: string, error: unknown): Refusal {
  return precondition(
    'CODE.NOT_WRITTEN',
    path,
    'This file could not be written.',
    `${error instanceof Error ? error.message : String(error)}. Files that were written before it are as they were.`,
    inShell`See who may write there: ls -la ${path}`,
  )
}

/** Somebody may have saved the file since it was read. */
function assertAsRead(path: string, before: string | null): void {
  const now = contentOf(path)
  if (before === null ? now === null : now !== null && sha(now) === sha(before)) return
  throw precondition(
    'CODE.CHANGED_MEANWHILE',
    path,
    'This file changed while it was looked at.',
    'What would be written is made of what it was before.',
    'Run the same command again.',
  )
}

/** All runs that are known, newest first. */
export function codeRuns(settings: Settings): readonly CodeRun[] {
  return manifests(settings).map(({ files, system = '', ...run }) => ({
    ...run,
    system,
    files: files.map(each => each.path),
    changedSince:
      run.status === 'undone' ? [] : files.filter(each => stateOf(each) === 'other').map(each => each.path),
  }))
}

/** Whether a file is as the run left it, as it was before, or as somebody else has made it since. */
function stateOf(
  { path, before, after }: Manifest['files'][number],
  without: readonly Manifest[] = [],
): 'before' | 'after' | 'other' {
  const now = contentOf(path)
  const is = without.reduce<string | null>(
    (hash, { files }) => {
      const later = files.find(each => each.path === path && each.after === hash)
      return later === undefined ? hash : later.before
    },
    now === null ? null : sha(now),
  )
  return is === before ? 'before' : is === after ? 'after' : 'other'
}

/** Puts back what a run changed, the last that is not undone where none is named; what changed since is left. */
export function undoCode(
  { run: named, dryRun = false, without = [] }: Requests['undo-code'],
  settings: Settings,
): CodeUndone {
  const known = manifests(settings)
  const manifest = known.find(each =>
    named === undefined ? each.status !== 'undone' : each.run === named.toUpperCase(),
  )
  if (manifest === undefined)
    throw precondition(
      'CODE.NO_RUN',
      named ?? settings.stateDir,
      named === undefined ? 'No run has changed source code.' : 'No run of this id has changed source code.',
      'There is nothing to undo.',
      'ulid-migrate status',
    )
  const { run, target } = manifest
  const later = dryRun ? known.filter(each => without.includes(each.run)) : []
  const left = manifest.files.filter(each => stateOf(each, later) === 'other')
  const back = manifest.files.filter(each => !left.includes(each))
  const document = {
    target,
    run,
    restored: back.map(each => each.path),
    left: left.map(each => each.path),
    rehearsed: dryRun,
  }
  if (dryRun) return document
  if (manifest.status === 'unfinished') removeDrafts(manifest.files.map(each => each.path))
  for (const { path, before } of back.filter(each => stateOf(each) === 'after'))
    putBack(path, before === null ? null : kept(folderOf(settings), before, path))
  if (left.length === 0) note(folderOf(settings), { ...manifest, status: 'undone' })
  return document
}

function manifests(settings: Settings): readonly Manifest[] {
  const folder = folderOf(settings)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .sort()
    .reverse()
    .map(name => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Manifest)
}

function folderOf(settings: Settings): string {
  return join(settings.stateDir, 'code')
}

function keep(folder: string, text: string): void {
  const path = join(folder, 'objects', sha(text))
  if (existsSync(path)) return
  replaceFile(path, text)
}

function kept(folder: string, hash: string, path: string): Buffer {
  const file = join(folder, 'objects', hash)
  const content = existsSync(file) ? readFileSync(file) : null
  if (content !== null && sha(content) === hash) return content
  throw precondition(
    'CODE.COPY_LOST',
    path,
    'The copy of this file is gone, or is not what was kept.',
    `It should be ${file}, with that hash.`,
    inShell`Take the file from version control: git checkout -- ${path}`,
  )
}

function note(folder: string, manifest: Manifest): void {
  replaceFile(join(folder, `${manifest.run}.json`), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Null where there is no regular file. */
function contentOf(path: string): Buffer | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path) : null
}

/** As shown: from the folder, with slashes. */
export function shownName(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/')
}
