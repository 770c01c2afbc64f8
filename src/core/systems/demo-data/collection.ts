/**
 * The collection `default`: a declared key between reflections and conversations, and ids in lists, in pairs of type and id,
 * and inside of longer ones.
 */
import { naiveTime, pastTimes } from './clock.ts'
import { hex8, md5, sha256Start, uuid4 } from './ids.ts'
import type { Memory } from './memory.ts'
import { projects, sentence } from './prose.ts'
import { oneOf, type Random } from './random.ts'

interface Item {
  readonly type: 'conversation' | 'reflection'
  readonly id: string
  readonly content: string
  readonly at: number
}

const collection = 'default'

export async function writeCollection(memory: Memory): Promise<void> {
  const conversations = await writeConversations(memory)
  const reflections = await writeReflections(memory, conversations)
  const items = [...conversations, ...reflections]
  await writeSearch(memory, items)
  await writeQueries(memory, items)
  writeSubcategories(memory)
}

async function writeConversations({ into, settle, random, rows }: Memory): Promise<readonly Item[]> {
  const put = into('default_conversations', [
    'id',
    'content',
    'metadata',
    'created_at',
    'updated_at',
    'embedding',
    'fingerprint',
    'subcategory',
  ])
  const items: Item[] = []
  for (const [row, at] of pastTimes(random, Math.ceil(rows / 2), 1).entries()) {
    const content = `${sentence(random)} #${row + 1}`
    const id = sha256Start(content)
    const created = naiveTime(at, random)
    put(
      id,
      content,
      random.chance(0.5) ? JSON.stringify({ project: random.pick(projects) }) : null,
      created,
      created,
      random.next(),
      fingerprint(random),
      random.pick(['testing', 'storage', null]),
    )
    items.push({ type: 'conversation', id, content, at })
    await settle()
  }
  return items
}

async function writeReflections(
  { into, settle, random }: Memory,
  conversations: readonly Item[],
): Promise<readonly Item[]> {
  const put = into('default_reflections', [
    'id',
    'conversation_id',
    'content',
    'tags',
    'metadata',
    'created_at',
    'updated_at',
    'embedding',
    'insight_type',
    'usage_count',
    'last_used_at',
    'confidence_score',
    'fingerprint',
    'subcategory',
  ])
  const items: Item[] = []
  for (const conversation of conversations) {
    if (!random.chance(0.7) && conversation !== conversations[0]) continue
    const at = conversation.at + random.between(1000, 600_000)
    const id = uuid4(random)
    const content = sentence(random)
    const used = random.chance(0.4)
    put(
      id,
      random.chance(0.9) || conversation === conversations[0] ? conversation.id : null,
      content,
      random.chance(0.5) ? ['insight', random.pick(['bug', 'idea'])] : [],
      null,
      naiveTime(at, random),
      naiveTime(at, random),
      random.next(),
      random.pick(['general', 'pattern', 'decision']),
      used ? random.between(1, 20) : 0,
      used ? naiveTime(at + 86_400_000, random) : null,
      random.below(101) / 100,
      random.chance(0.5) ? fingerprint(random) : null,
      null,
    )
    items.push({ type: 'reflection', id, content, at })
    await settle()
  }
  return items
}

/** What is kept to find items again, one row an item and table, and for some that are gone. */
async function writeSearch({ into, settle, random }: Memory, items: readonly Item[]): Promise<void> {
  const putIndex = into('search_index', [
    'id',
    'content_type',
    'content_id',
    'indexed_content',
    'search_metadata',
    'last_indexed',
  ])
  const putFingerprint = into('content_fingerprints', [
    'id',
    'content_type',
    'content_id',
    'fingerprint',
    'collection_name',
    'created_at',
  ])
  const putFacet = into('search_facets', [
    'id',
    'content_type',
    'content_id',
    'facet_name',
    'facet_value',
    'created_at',
  ])
  for (const item of [...items, ...goneFrom(random, items)]) {
    const time = naiveTime(item.at + random.between(1000, 5000), random)
    const prefix = item.type === 'conversation' ? 'conv' : 'refl'
    const metadata = JSON.stringify({ length: item.content.length })
    putIndex(`${prefix}_${item.id}`, item.type, item.id, item.content.toLowerCase(), metadata, time)
    putFingerprint(uuid4(random), item.type, item.id, fingerprint(random), collection, time)
    if (random.chance(0.2)) {
      const name = random.pick(['project', 'language'])
      const id = md5(`${name}_${item.id}`)
      putFacet(id, 'search_facet', `facet_${name}`, name, random.pick(['python', 'rust', 'web-3']), time)
    }
    await settle()
  }
}

async function writeQueries({ into, settle, random, rows, sessions }: Memory, items: readonly Item[]) {
  const putCache = into('query_cache_l2', [
    'cache_key',
    'normalized_query',
    'project',
    'result_ids',
    'hit_count',
    'created_at',
    'last_accessed',
    'ttl_seconds',
  ])
  const putClick = into('result_interactions', [
    'id',
    'query',
    'result_id',
    'result_type',
    'position',
    'similarity_score',
    'clicked',
    'dwell_time_ms',
    'timestamp',
    'session_id',
  ])
  const gone = goneFrom(random, items)
  for (const [row, at] of pastTimes(random, Math.max(2, Math.round(rows / 5)), 1000).entries()) {
    const query = `${sentence(random).toLowerCase()} ${row + 1}`
    const time = naiveTime(at, random)
    const results = Array.from({ length: random.between(1, 4) }, () =>
      random.chance(0.04) ? gone[0] : oneOf(random, items, items[0]),
    ).flatMap(item => item ?? [])
    const ids = results.map(item => item.id)
    putCache(md5(query), query, random.pick([...projects]), ids, random.between(1, 9), time, time, 604_800)
    const [first] = results
    if (first) {
      const clicked = random.chance(0.6)
      const session = random.chance(0.8) ? oneOf(random, sessions, '') : null
      const dwell = clicked ? random.between(300, 90_000) : null
      const score = random.between(500, 1000) / 1000
      putClick(uuid4(random), query, first.id, first.type, 1, score, clicked, dwell, time, session)
    }
    await settle()
  }
}

function writeSubcategories({ into, random }: Memory): void {
  const put = into('memory_subcategories', [
    'id',
    'parent_category',
    'name',
    'keywords',
    'centroid',
    'centroid_fingerprint',
    'memory_count',
    'created_at',
    'updated_at',
  ])
  const names = ['testing', 'storage', 'naming'] as const
  for (const [row, at] of pastTimes(random, names.length, 1000).entries()) {
    const name = names[row] ?? 'testing'
    const time = naiveTime(at, random)
    put(uuid4(random), 'skills', name, [name, `${name}s`], random.next(), fingerprint(random), 7, time, time)
  }
}

/** One of each type that was deleted, and is still named. */
function goneFrom(random: Random, items: readonly Item[]): readonly Item[] {
  const at = items[0]?.at ?? 0
  return [
    { type: 'conversation', id: sha256Start(hex8(random)), content: 'deleted since', at },
    { type: 'reflection', id: uuid4(random), content: 'deleted since', at },
  ]
}

/** 16 bytes, in hex. */
function fingerprint(random: Random): string {
  return hex8(random) + hex8(random) + hex8(random) + hex8(random)
}
