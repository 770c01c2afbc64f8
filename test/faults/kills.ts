/** The attack as a whole: every scene, at every boundary and at random moments. */
import { momentOf, type Struck, strike, type When } from './kill.ts'
import { type MediumName, media } from './media.ts'
import { randomFrom } from './random.ts'
import type { Attacked } from './report.ts'
import { makeScene, operations, type Scene } from './scenes.ts'
import { killCommand, killWizard } from './screens.ts'

interface Planned {
  readonly scene: Scene
  readonly what: string
  readonly strike: () => Promise<Struck>
}

export interface KillOptions {
  readonly kills: number
  readonly seed: number
  readonly kinds?: readonly MediumName[]
  readonly rows: number
  readonly say: (line: string) => void
  /** No blow is begun any more when this is true. */
  readonly isLate?: () => boolean
}

export async function attackByKilling(options: KillOptions): Promise<Attacked> {
  const { kills, rows, say, kinds = media } = options
  const random = randomFrom(options.seed)
  const scenes: Scene[] = []
  for (const name of operations) for (const kind of kinds) scenes.push(await makeScene(name, kind, rows))
  try {
    const boundaries: Planned[] = []
    for (const scene of scenes) boundaries.push(...(await atBoundaries(scene, random)))
    const screens = scenes.flatMap(scene => ofScreens(scene, random))
    const chosen = [...shuffled(boundaries, random), ...shuffled(screens, random)]
    // What is left of the number falls at random moments.
    const atRandom = Array.from({ length: Math.max(0, kills - chosen.length) }, (_, at) => {
      const scene = scenes[at % scenes.length]!
      const after = Math.round(random() * scene.milliseconds)
      return planned(scene, { after }, random)
    })
    const share = Math.ceil(kills / 4)
    const all = [...chosen.slice(0, Math.max(0, kills - share)), ...screens.slice(0, 8), ...atRandom]
    const fill = Array.from({ length: Math.max(0, kills - all.length) }, (_, at) => {
      const scene = scenes[at % scenes.length]!
      return planned(scene, { after: Math.round(random() * scene.milliseconds) }, random)
    })
    return await carryOut([...all, ...fill], say, options.isLate ?? (() => false))
  } finally {
    for (const scene of scenes) scene.drop()
  }
}

async function carryOut(
  all: readonly Planned[],
  say: (line: string) => void,
  isLate: () => boolean,
): Promise<Attacked> {
  const counts = { old: 0, new: 0, begun: 0 }
  const violations: string[] = []
  let missed = 0
  let compared = 0
  const rows = new Map<string, { old: number; new: number; begun: number }>()
  for (const { scene, what, strike: go } of all) {
    if (isLate()) break
    const struck = await go()
    compared += 1
    if (struck.hit) counts[struck.ended] += 1
    else missed += 1
    const row = rows.get(`${scene.name} ${scene.kind}`) ?? { old: 0, new: 0, begun: 0 }
    rows.set(`${scene.name} ${scene.kind}`, row)
    if (struck.hit) row[struck.ended] += 1
    for (const violation of struck.violations) {
      violations.push(`${scene.name}, ${scene.kind}, ${what}: ${violation}`)
      say(`  ${violations.at(-1)}`)
    }
    if (compared % 25 === 0) say(`  ${compared} of ${all.length}`)
  }
  for (const [name, row] of rows)
    say(
      `  ${name.padEnd(18)} ${String(row.old).padStart(4)} old ${String(row.new).padStart(4)} new ${String(row.begun).padStart(4)} begun`,
    )
  const total = counts.old + counts.new + counts.begun
  return {
    line: `${total} kills (${missed} more came too late): ${counts.old} left the old database, ${counts.new} the complete new one, ${counts.begun} an expansion that went on, ${violations.length} violations`,
    violations,
  }
}

function planned(scene: Scene, when: When, random: () => number): Planned {
  const victims = random() < 0.5 ? 'engine' : 'all'
  const what = `${'at' in when ? when.at : `after ${when.after} ms`}, ${victims}`
  return { scene, what, strike: () => strike(scene, { when, victims }) }
}

async function atBoundaries(scene: Scene, random: () => number): Promise<readonly Planned[]> {
  scene.reset()
  const run = scene.begin()
  const moments = new Set<string>()
  for await (const event of run.events) {
    const moment = momentOf(event)
    if (moment) moments.add(moment)
  }
  return [...moments].map(at => planned(scene, { at }, random))
}

function ofScreens(scene: Scene, random: () => number): readonly Planned[] {
  if (!['migrate', 'integers', 'undo', 'expand'].includes(scene.name)) return []
  const command = (at: string): Planned => ({
    scene,
    what: `the command, at ${at}`,
    strike: () => killCommand(scene, { at }),
  })
  const after = Math.round(random() * scene.milliseconds)
  const wizard: Planned = {
    scene,
    what: 'the wizard, in a live run',
    strike: () => killWizard(scene, /● (new identifiers|rewrite|snapshot|verify before commit)/),
  }
  return [
    ...(scene.name === 'undo'
      ? ['undo', 'verify']
      : ['map', 'rewrite', scene.name === 'expand' ? 'commit' : 'verify']
    ).map(command),
    { scene, what: `the command, after ${after} ms`, strike: () => killCommand(scene, { after }) },
    ...(scene.name === 'migrate' || scene.name === 'integers' ? [wizard] : []),
  ]
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map(item => [random(), item] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, item]) => item)
}
