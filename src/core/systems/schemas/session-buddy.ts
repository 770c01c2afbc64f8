import type { KnownSchema } from './known-schema.ts'

/** The sessions of the guide (SYSTEMS 2.1): no revision of the application makes them, its analytics reads them. */
export const sessionBuddySchema: KnownSchema = {
  name: 'session-buddy',
  system: 'session-buddy',
  title: 'Session-Buddy: sessions named by project and time',
  engine: 'sqlite',
  fileNames: ['session_buddy.db'],
  folders: [],
  statements: [
    `CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY,
  component_name TEXT NOT NULL,
  start_time TIMESTAMP NOT NULL,
  end_time TIMESTAMP,
  duration_seconds INTEGER,
  quality_score REAL,
  project TEXT,
  error_occurred BOOLEAN,
  error_message TEXT
)`,
  ],
  expectedTables: ['sessions'],
  command: 'python -m session_buddy start',
  strategy: 'expand',
}
