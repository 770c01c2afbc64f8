/**
 * DuckDB files that are cut somewhere, or hold other bytes than were written, with and without a .wal: whatever looks at
 * them or migrates them refuses with the file's name, or does all that it says, and never crashes, hangs or alters them.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EngineRun } from '../../src/core/host.ts'
import { createUlidFactory } from '../../src/core/identifiers/index.ts'
import type { Failure } from '../../src/core/message.ts'
import type { Operation, Requests, Settings } from '../../src/core/requests.ts'
import { duckContentOf } from '../support/duck-content.ts'
import { runEngine } from '../support/program.ts'
import { mediumOf } from './media.ts'
import { randomFrom } from './random.ts'
import type { Attacked } from './report.ts'

/** Three blocks of headers, then blocks of rows: see the engine's `header.ts`. */
const HEADERS = 3 * 4096

type Random = () => number

interface Damage {
  readonly name: string
  /** Which of the two is damaged. */
  readonly part: '' | '.wal'
  readonly damage: (bytes: Buffer, random: Random) => Buffer
}

const somewhere = (random: Random, from: number, to: number) => from + Math.floor(random() * (to - from))

const otherBytes = (from: (bytes: Buffer) => number, to: (bytes: Buffer) => number) => {
  return (bytes: Buffer, random: Random) => {
    for (let left = somewhere(random, 1, 12); left > 0; left--) {
      const at = somewhere(random, from(bytes), to(bytes))
      bytes[at] = bytes[at]! ^ somewhere(random, 1, 256)
    }
    return bytes
  }
}

const cut = (bytes: Buffer, random: Random) => bytes.subarray(0, somewhere(random, 0, bytes.length))

const damages: readonly Damage[] = [
  { name: 'file cut', part: '', damage: cut },
  {
    name: 'headers',
    part: '',
    damage: otherBytes(
      () => 0,
      () => HEADERS,
    ),
  },
  {
    name: 'blocks',
    part: '',
    damage: otherBytes(
      () => HEADERS,
      bytes => bytes.length,
    ),
  },
  { name: '.wal cut', part: '.wal', damage: cut },
  {
    name: '.wal',
    part: '.wal',
    damage: otherBytes(
      () => 0,
      bytes => bytes.length,
    ),
  },
]

const newRun = createUlidFactory()

/** What one damaged file led to. */
export interface Endured {
  /** `refused`, or how far it came: a damage that nobody reads is none. */
  readonly ended: 'refused' | 'looked at' | 'migrated'
  readonly violations: readonly string[]
}

/** A sound file with a .wal beside it, of which each round damages a copy. */
export async function soundFile(folder: string, rows: number): Promise<string> {
  const path = join(folder, 'sound.db')
  const medium = mediumOf('DuckDB')
  await medium.make(path, 'texts', rows)
  await medium.change(
    path,
    `PRAGMA disable_checkpoint_on_shutdown;
    INSERT INTO jobs SELECT uuid(), TIMESTAMP '2026-02-01', 'since', [1, 1, 2, 3, 4, 5, 6, 7] FROM range(${rows});
    UPDATE sets SET name = 'other' WHERE name = 'set 1';
    DELETE FROM tags WHERE rowid % 9 = 0`,
  )
  return path
}

/** Damages a copy of the file as the seed says, and does everything to it. */
export async function endure(sound: string, seed: number): Promise<Endured & { readonly what: string }> {
  const random = randomFrom(seed)
  const { name, part, damage } = damages[Math.floor(random() * damages.length)]!
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  try {
    const target = join(folder, 'data', 'a.db')
    mkdirSync(join(folder, 'data'))
    for (const suffix of ['', '.wal']) copyFileSync(sound + suffix, target + suffix)
    if (part === '' && random() < 0.5) rmSync(`${target}.wal`)
    writeFileSync(target + part, damage(readFileSync(target + part), random))
    return { what: `${name}, seed ${seed}`, ...(await everythingTo(target, folder)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function everythingTo(target: string, folder: string): Promise<Endured> {
  const settings = { stateDir: join(folder, 'state'), snapshotDir: join(folder, 'snapshots'), waitSeconds: 0 }
  const violations: string[] = []
  const before = bytesOf(target)
  const expectUnaltered = (by: string) => {
    if (!bytesOf(target).every((bytes, at) => bytes.equals(before[at]!)))
      violations.push(`${by} altered the file`)
  }
  const attempt = async <O extends Operation>(operation: O, request: Requests[O]) => {
    const outcome = await asked(settings, operation, request)
    if (outcome.type === 'failed')
      violations.push(...complaintsOf(outcome.error, target).map(each => `${operation}: ${each}`))
    return outcome.type === 'result' ? outcome.value : null
  }
  const detected = await attempt('detect', { target, choices: {} })
  expectUnaltered('detect')
  const rehearsed = await attempt('dry-run', { target, choices: {} })
  expectUnaltered('dry-run')
  // Whoever migrates takes the .wal in: what the file holds is then read of a copy.
  const copy = join(folder, 'copy.db')
  for (const [at, suffix] of ['', '.wal'].entries()) if (before[at]) writeFileSync(copy + suffix, before[at])
  const migrated = await attempt('migrate', { target, choices: {} })
  if (migrated === null) {
    if (rehearsed) violations.push('it was rehearsed, and can not be migrated')
    return { ended: detected ? 'looked at' : 'refused', violations }
  }
  if (!rehearsed) violations.push('it can not be rehearsed, and was migrated')
  const content = await contentOf(copy)
  if (migrated.status === 'succeeded') {
    await attempt('rollback', { target, mode: 'undo', dryRun: false })
  }
  if ((await contentOf(target)) !== content) violations.push('forth and back, the content is another one')
  return { ended: 'migrated', violations }
}

/** The content as another program reads it, or why it can not. */
async function contentOf(path: string): Promise<string> {
  try {
    return JSON.stringify([...(await duckContentOf(path))].sort())
  } catch (error) {
    return `unreadable: ${(error as Error).message}`
  }
}

function bytesOf(target: string): readonly Buffer[] {
  return ['', '.wal']
    .map(suffix => target + suffix)
    .filter(existsSync)
    .map(path => readFileSync(path))
}

/** Ends one that hangs, which then is told as lost. */
async function asked<O extends Operation>(settings: Settings, operation: O, request: Requests[O]) {
  const run = runEngine({ operation, request, settings, run: newRun() }) as EngineRun<O>
  const timer = setTimeout(() => run.kill(), 120_000)
  try {
    return await run.outcome
  } finally {
    clearTimeout(timer)
  }
}

function complaintsOf({ code, object, message, why, next }: Failure, target: string): readonly string[] {
  const said = `${code}: ${message} ${why}`
  if (code === 'ENGINE.BUG' || code === 'ENGINE.LOST') return [said]
  return [
    ...([object, message, why, next].some(text => text.includes(target))
      ? []
      : [`the file is not named: ${said}`]),
    ...([object, message, why, next].some(text => text === '') ? [`something is empty: ${said}`] : []),
  ]
}

export async function attackBrokenFiles(
  rounds: number,
  seed: number,
  say: (line: string) => void,
  isLate: () => boolean = () => false,
): Promise<Attacked> {
  const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-faults-'))
  const counts = { refused: 0, 'looked at': 0, migrated: 0 }
  const violations: string[] = []
  try {
    const sound = await soundFile(folder, 600)
    for (let round = 0; round < rounds && !isLate(); round++) {
      const { what, ended, violations: found } = await endure(sound, seed + round)
      counts[ended] += 1
      for (const violation of found) {
        violations.push(`${what}: ${violation}`)
        say(`  ${violations.at(-1)}`)
      }
      if ((round + 1) % 25 === 0) say(`  ${round + 1} of ${rounds}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    line: `${counts.refused + counts['looked at'] + counts.migrated} files broken: ${counts.refused} refused, ${counts['looked at']} looked at and not migrated, ${counts.migrated} migrated and taken back whole, ${violations.length} violations`,
    violations,
  }
}
