import { indexOn, type KnownSchema } from './known-schema.ts'

/**
 * Session-Buddy's knowledge graph, `~/.claude/data/knowledge_graph.duckdb` (SYSTEMS 2.4), as `knowledge_graph_db.py` makes it:
 * both ends of a relationship are foreign keys, so DuckDB lets nobody change an entity's id in place.
 */
export const knowledgeGraphSchema: KnownSchema = {
  name: 'session-buddy-knowledge-graph',
  system: 'session-buddy',
  title: 'Session-Buddy: entities and the relationships between them',
  engine: 'duckdb',
  fileNames: ['knowledge_graph.duckdb'],
  folders: [],
  statements: [
    `CREATE TABLE kg_entities (
  id VARCHAR PRIMARY KEY,
  name VARCHAR NOT NULL,
  entity_type VARCHAR NOT NULL,
  observations VARCHAR[],
  properties JSON,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON
)`,
    `CREATE TABLE kg_relationships (
  id VARCHAR PRIMARY KEY,
  from_entity VARCHAR NOT NULL REFERENCES kg_entities(id),
  to_entity VARCHAR NOT NULL REFERENCES kg_entities(id),
  relation_type VARCHAR NOT NULL,
  properties JSON,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  metadata JSON
)`,
    indexOn('kg_entities', 'name'),
    indexOn('kg_entities', 'entity_type'),
    indexOn('kg_relationships', 'from_entity'),
    indexOn('kg_relationships', 'to_entity'),
    indexOn('kg_relationships', 'relation_type'),
  ],
  expectedTables: ['kg_entities', 'kg_relationships'],
  command: 'python -m session_buddy start',
  strategy: 'replace',
}
