/**
 * Projects, how they depend on each other, and which sessions go together: keys that are hashes of what they name, and
 * references to sessions whose table is in another file.
 */
import { naiveTime, pastTimes } from './clock.ts'
import { hex8, md5 } from './ids.ts'
import type { Memory } from './memory.ts'
import { projects } from './prose.ts'
import { oneOf } from './random.ts'

export async function writeProjects(memory: Memory): Promise<void> {
  writeGroups(memory)
  writeDependencies(memory)
  await writeLinks(memory)
  await writeGraphs(memory)
}

function writeGroups({ into, random }: Memory): void {
  const put = into('project_groups', ['id', 'name', 'description', 'projects', 'created_at', 'metadata'])
  for (const [row, at] of pastTimes(random, 3, 1000).entries()) {
    const name = ['tools', 'web', 'everything else'][row] ?? ''
    const created = naiveTime(at, random)
    put(
      md5(`${name}_${created}`),
      name,
      null,
      projects.filter((_, place) => place % 3 === row),
      created,
      null,
    )
  }
}

function writeDependencies({ into, random }: Memory): void {
  const put = into('project_dependencies', [
    'id',
    'source_project',
    'target_project',
    'dependency_type',
    'description',
    'created_at',
    'metadata',
  ])
  const times = pastTimes(random, projects.length, 1000)
  for (const [row, source] of projects.entries()) {
    const target = projects[(row + 1) % projects.length] ?? source
    const type = random.pick(['uses', 'extends', 'references', 'shares_code'])
    const created = naiveTime(times[row] ?? 0, random)
    put(
      md5(`${source}_${target}_${type}`),
      source,
      target,
      type,
      random.pick(['by hand', null]),
      created,
      null,
    )
  }
}

async function writeLinks({ into, settle, random, rows, sessions }: Memory): Promise<void> {
  const put = into('session_links', [
    'id',
    'source_session_id',
    'target_session_id',
    'link_type',
    'created_at',
    'metadata',
  ])
  const taken = new Set<string>()
  for (const at of pastTimes(random, Math.max(2, Math.round(rows / 5)), 1000)) {
    const source = oneOf(random, sessions, '')
    // Some were linked to a session that its own program has since forgotten.
    const target = random.chance(0.06) ? 'web-3-20250101-000000' : oneOf(random, sessions, '')
    const type = random.pick(['related', 'continuation', 'reference', 'dependency'])
    const id = md5(`${source}_${target}_${type}`)
    if (taken.has(id)) continue
    taken.add(id)
    put(
      id,
      source,
      target,
      type,
      naiveTime(at, random),
      random.chance(0.3) ? '{"context":"same branch"}' : null,
    )
    await settle()
  }
}

async function writeGraphs({ into, settle, random, rows }: Memory): Promise<void> {
  const put = into('code_graphs', [
    'id',
    'repo_path',
    'commit_hash',
    'indexed_at',
    'nodes_count',
    'graph_data',
    'timestamp',
    'metadata',
  ])
  for (const at of pastTimes(random, Math.max(2, Math.round(rows / 50)), 1000)) {
    const repo = `/home/me/projects/${random.pick(projects)}`
    const commit = hex8(random) + hex8(random)
    const nodes = random.between(2, 90)
    const graph = JSON.stringify({ nodes: [`${repo}/app.py`, 'main()'], edges: [[0, 1]] })
    const indexed = naiveTime(at, random)
    put(`${repo}:${commit}`, repo, commit, indexed, nodes, graph, indexed, null)
    await settle()
  }
}
