/**
 * Conversations and reflections, hashes of what was said and when. A conversation that was made of several names in its
 * metadata those that were deleted for it; tags and the access log name reflections, also some that are gone.
 */
import { asWritten, naiveTime, pastTimes } from './clock.ts'
import { md5 } from './ids.ts'
import type { Memory } from './memory.ts'
import { projects, sentence } from './prose.ts'

const tags = ['bug', 'idea', 'decision', 'performance', 'größe', 'todo'] as const

export async function writeMemories(memory: Memory): Promise<void> {
  await writeConversations(memory)
  await writeReflections(memory)
}

async function writeConversations({ into, settle, random, rows }: Memory): Promise<void> {
  const put = into('conversations', ['id', 'content', 'embedding', 'project', 'timestamp', 'metadata'])
  const gone: string[] = []
  // Two more than are kept have been deleted at least, so that a merged one has something to name.
  const times = asWritten(random, pastTimes(random, rows + 2 + Math.round(rows * 0.05), 1))
  const deleted = times.length - rows
  const every = Math.max(2, Math.floor(times.length / deleted))
  for (const [row, at] of times.entries()) {
    const content = `${sentence(random)} (${row + 1})`
    const id = md5(`${content}_${naiveTime(at, random)}`)
    const last = row === times.length - 1
    if (
      !last &&
      gone.length < deleted &&
      (row % every === 0 || row >= times.length - 1 - (deleted - gone.length))
    ) {
      gone.push(id)
      continue
    }
    const merged = last || random.chance(0.03) ? gone.slice(-random.between(2, 3)) : []
    put(
      id,
      content,
      random.chance(0.9) ? random.next() : null,
      random.chance(0.9) ? random.pick(projects) : null,
      naiveTime(at, random),
      merged.length > 0
        ? JSON.stringify({ consolidated: true, original_conversations: merged })
        : random.chance(0.5)
          ? JSON.stringify({
              source: random.pick(['checkpoint', 'manual', 'hook']),
              turns: random.between(1, 40),
            })
          : null,
    )
    await settle()
  }
}

async function writeReflections({ into, settle, random, rows }: Memory): Promise<void> {
  const put = into('reflections', ['id', 'content', 'embedding', 'project', 'tags', 'timestamp', 'metadata'])
  const putTag = into('reflection_tags', ['reflection_id', 'tag'])
  const putAccess = into('access_log_v2', ['reflection_id', 'access_timestamp', 'access_count'])
  const kept = Math.ceil(rows / 2)
  const times = asWritten(random, pastTimes(random, kept + Math.max(1, Math.round(kept * 0.04)), 1))
  for (const [row, at] of times.entries()) {
    const content = `${sentence(random)} [${row + 1}]`
    const id = md5(`${content}_${naiveTime(at, random)}`)
    const own = tags.filter(() => random.chance(0.3))
    if (row < kept)
      put(
        id,
        content,
        random.chance(0.9) ? random.next() : null,
        random.pick(projects),
        own,
        naiveTime(at, random),
        random.chance(0.3) ? JSON.stringify({ importance: random.below(101) / 100 }) : null,
      )
    // The newest were deleted again, and left behind what names them.
    const left = row >= kept && own.length === 0 ? [tags[0]] : own
    for (const tag of left) putTag(id, tag)
    if (row >= kept || random.chance(0.6))
      putAccess(id, naiveTime(at + random.between(1000, 80_000_000), random), random.between(1, 30))
    await settle()
  }
}
