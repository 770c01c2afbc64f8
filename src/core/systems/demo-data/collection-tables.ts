/** The tables of a collection called `default`, and what the adapter of its generation puts beside it (SYSTEMS 2.4, b). */
import { indexOn } from '../schemas/known-schema.ts'

export const collectionTables: readonly string[] = [
  `CREATE TABLE default_conversations (
  id VARCHAR PRIMARY KEY,
  content TEXT NOT NULL,
  metadata JSON,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  embedding FLOAT[384],
  fingerprint BLOB,
  subcategory TEXT
)`,
  `CREATE TABLE default_reflections (
  id VARCHAR PRIMARY KEY,
  conversation_id VARCHAR REFERENCES default_conversations(id),
  content TEXT NOT NULL,
  tags VARCHAR[],
  metadata JSON,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  embedding FLOAT[384],
  insight_type VARCHAR DEFAULT 'general',
  usage_count INTEGER DEFAULT 0,
  last_used_at TIMESTAMP,
  confidence_score REAL DEFAULT 0.5,
  fingerprint BLOB,
  subcategory TEXT
)`,
  `CREATE TABLE query_cache_l2 (
  cache_key TEXT PRIMARY KEY,
  normalized_query TEXT NOT NULL,
  project TEXT,
  result_ids TEXT[],
  hit_count INTEGER DEFAULT 1,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  last_accessed TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  ttl_seconds INTEGER DEFAULT 604800
)`,
  `CREATE TABLE content_fingerprints (
  id TEXT PRIMARY KEY,
  content_type TEXT NOT NULL,
  content_id TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  collection_name TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (content_type, content_id, collection_name)
)`,
  `CREATE TABLE result_interactions (
  id TEXT PRIMARY KEY,
  query TEXT NOT NULL,
  result_id TEXT NOT NULL,
  result_type TEXT NOT NULL,
  position INTEGER NOT NULL,
  similarity_score REAL NOT NULL,
  clicked BOOLEAN NOT NULL,
  dwell_time_ms INTEGER,
  timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  session_id TEXT
)`,
  `CREATE TABLE memory_subcategories (
  id TEXT PRIMARY KEY,
  parent_category TEXT NOT NULL,
  name TEXT NOT NULL,
  keywords TEXT[],
  centroid FLOAT[384],
  centroid_fingerprint BLOB,
  memory_count INTEGER DEFAULT 0,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (parent_category, name)
)`,
  `CREATE TABLE search_index (
  id TEXT PRIMARY KEY,
  content_type TEXT NOT NULL,
  content_id TEXT NOT NULL,
  indexed_content TEXT NOT NULL,
  search_metadata TEXT,
  last_indexed TIMESTAMP NOT NULL
)`,
  `CREATE TABLE search_facets (
  id TEXT PRIMARY KEY,
  content_type TEXT NOT NULL,
  content_id TEXT NOT NULL,
  facet_name TEXT NOT NULL,
  facet_value TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
)`,
  indexOn('default_conversations', 'created_at'),
  indexOn('default_reflections', 'created_at'),
  indexOn('default_reflections', 'insight_type'),
  indexOn('default_reflections', 'usage_count'),
  indexOn('default_reflections', 'last_used_at'),
]
