/** Session-Buddy's knowledge graph: UUIDs at both ends of each relationship, and a declared key at both. */
import type { Store } from '../../engines/duckdb/connect.ts'
import { knowledgeGraphSchema } from '../schemas/knowledge-graph.ts'
import { naiveTime, pastTimes } from './clock.ts'
import { uuid4 } from './ids.ts'
import { projects, sentence } from './prose.ts'
import { oneOf, type Random } from './random.ts'
import { storeRows } from './store-rows.ts'

/** Fills a new file with `rows` entities. */
export async function fillKnowledgeGraph(store: Store, random: Random, rows: number): Promise<void> {
  for (const sql of knowledgeGraphSchema.statements) await store.run(sql)
  const { into, settle, finish } = storeRows(store)
  const putEntity = into('kg_entities', [
    'id',
    'name',
    'entity_type',
    'observations',
    'properties',
    'created_at',
    'updated_at',
    'metadata',
  ])
  const putRelationship = into('kg_relationships', [
    'id',
    'from_entity',
    'to_entity',
    'relation_type',
    'properties',
    'created_at',
    'metadata',
  ])
  const ids: string[] = []
  for (const [row, at] of pastTimes(random, rows, 1).entries()) {
    const id = uuid4(random)
    const type = random.pick(['project', 'library', 'person', 'concept'])
    const created = naiveTime(at, random)
    const seen = Array.from({ length: random.below(3) }, () => sentence(random))
    const properties = JSON.stringify({ project: random.pick(projects), stars: random.below(50) })
    const changed = random.chance(0.2) ? naiveTime(at + 86_400_000, random) : created
    putEntity(id, `${type} ${row + 1}`, type, seen, properties, created, changed, null)
    ids.push(id)
    for (let left = random.below(4); left > 0; left--) {
      const ends = [id, oneOf(random, ids, id)]
      const [from = id, to = id] = random.chance(0.5) ? ends : ends.reverse()
      const confidence = JSON.stringify({ confidence: random.below(101) / 100 })
      putRelationship(
        uuid4(random),
        from,
        to,
        random.pick(['uses', 'knows', 'part_of']),
        confidence,
        created,
        null,
      )
    }
    await settle()
  }
  await finish()
}
