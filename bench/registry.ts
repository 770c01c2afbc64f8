/**
 * The registry with a million references on disk: `tsx bench/registry.ts [REFERENCES]`.
 *
 * Registration and resolution, beside the numbers that the guide claims for a dictionary in memory, and beside a plain
 * Map in this very run. Each is the best of several turns, since other programs may be at work on the machine. Exits with 1
 * where a target is missed (issue: 100,000 and 560,000 a second).
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createUlidFactory } from '../src/core/identifiers/index.ts'
import { openRegistry, registryPath } from '../src/core/registry/open.ts'

const references = Number(process.argv[2] ?? 1_000_000)
const asked = Math.min(references, 200_000)
const turns = 5
const guide = { registration: 21_259, resolution: 559_240 }
const target = { registration: 100_000, resolution: 560_000 }

const folder = mkdtempSync(join(tmpdir(), 'ulid-migrate-registry-'))
try {
  let ms = Date.UTC(2026, 0, 1)
  const make = createUlidFactory({ now: () => ms++ })
  const ids = Array.from({ length: references }, make)

  const registry = openRegistry({ stateDir: folder })
  const registration = perSecond(references, () => {
    registry.registerAll(ids.map(ulid => ({ ulid, system: 'akosha', kind: 'entity' })))
  })
  registry.close()

  // Opened anew: nothing is known from the writing.
  const again = openRegistry({ stateDir: folder })
  const map = new Map(ids.map(ulid => [ulid, { ulid, system: 'akosha', kind: 'entity' }]))
  const random = Array.from({ length: asked }, () => ids[Math.floor(Math.random() * references)]!)
  let found = 0
  const resolve = () => {
    for (const id of random) found += again.resolve(id).length
  }
  const firstTime = perSecond(asked, resolve)
  const resolution = best(resolve)
  let inMap = 0
  const mapped = best(() => {
    for (const id of random) if (map.get(id) !== undefined) inMap++
  })
  again.close()
  if (found !== asked * (turns + 1) || inMap !== asked * turns)
    throw new Error(`${found} and ${inMap} found of ${asked}`)

  const bytes = statSync(registryPath({ stateDir: folder })).size
  console.log(`${number(references)} references, ${(bytes / 1e6).toFixed(0)} MB on disk, one transaction`)
  print('registration', registration, guide.registration, target.registration)
  console.log(`  resolution, ${number(asked)} at random, each for the first time: ${number(firstTime)}/s`)
  print('the same, asked again', resolution, guide.resolution, target.resolution)
  console.log(
    `  a Map in memory answers ${number(mapped)}/s: ${(mapped / resolution).toFixed(1)} times as many`,
  )
  if (registration < target.registration || resolution < target.resolution) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function best(work: () => void): number {
  return Math.max(...Array.from({ length: turns }, () => perSecond(asked, work)))
}

function perSecond(count: number, work: () => void): number {
  const begun = performance.now()
  work()
  return (count / (performance.now() - begun)) * 1000
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function print(what: string, measured: number, claimed: number, wanted: number): void {
  console.log(
    `  ${what}: ${number(measured)}/s, ${(measured / claimed).toFixed(1)} times the guide's ${number(claimed)}/s (target ${number(wanted)}/s: ${measured >= wanted ? 'met' : 'missed'})`,
  )
}
