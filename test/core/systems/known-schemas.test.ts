import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/core/message.ts'
import { parseCreateTable } from '../../../src/core/schema/create-table.ts'
import type { Schema } from '../../../src/core/schema/model.ts'
import {
  createKnownSchema,
  type KnownSchema,
  knownSchemaFor,
  knownSchemas,
} from '../../../src/core/systems/known-schemas.ts'
import { knownSchemaOf } from '../../../src/core/systems/recognise-schema.ts'

let db: Database.Database

beforeEach(() => {
  db = new Database(':memory:')
})

afterEach(() => {
  db.close()
})

function schemaNamed(name: string): KnownSchema {
  const schema = knownSchemas.find(each => each.name === name)
  if (!schema) throw new Error(`no known schema is called ${name}`)
  return schema
}

function namesOf(type: 'table' | 'index'): readonly unknown[] {
  return db
    .prepare('SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL ORDER BY name')
    .pluck()
    .all(type)
}

/** `name type!=default#key` of every column, as SQLite understood it. */
function columnsOf(table: string): readonly string[] {
  const columns = db.pragma(`table_info(${table})`) as readonly {
    readonly name: string
    readonly type: string
    readonly notnull: number
    readonly dflt_value: string | null
    readonly pk: number
  }[]
  return columns.map(
    ({ name, type, notnull, dflt_value, pk }) =>
      `${name} ${type}${notnull ? '!' : ''}${dflt_value === null ? '' : `=${dflt_value}`}${pk ? `#${pk}` : ''}`,
  )
}

function keysOf(table: string): readonly string[] {
  const keys = db.pragma(`foreign_key_list(${table})`) as readonly {
    readonly from: string
    readonly table: string
    readonly to: string
  }[]
  return keys.map(key => `${key.from} -> ${key.table}.${key.to}`)
}

describe('a file name says which schema belongs there', () => {
  it.each([
    ['/home/me/crackerjack/.crackerjack/crackerjack.db', 'crackerjack'],
    ['/tmp/demo/fresh/crackerjack.db', 'crackerjack'],
    ['/home/me/.cache/crackerjack/metrics.db', 'crackerjack-metrics'],
    ['/Users/me/Library/Crackerjack/Metrics.db', 'crackerjack-metrics'],
    ['/home/me/session-buddy/.session-buddy/session_buddy.db', 'session-buddy'],
    ['session_buddy.db', 'session-buddy'],
    ['/home/me/akosha/.oneiric_cache/workflow_checkpoints.sqlite', 'oneiric-checkpoints'],
    ['/home/me/.claude/data/reflection.duckdb', 'session-buddy-reflection'],
    ['/home/me/.claude/data/knowledge_graph.duckdb', 'session-buddy-knowledge-graph'],
    ['/home/me/projects/mahavishnu/data/learning.db', 'mahavishnu-learning'],
  ])('%s is %s', (path, name) => {
    expect(knownSchemaFor(path)?.name).toBe(name)
  })

  it.each([
    ['/srv/shop/metrics.db', 'others call a file metrics.db too'],
    ['/home/me/crackerjack/metrics.db/other.db', 'a folder is not the file'],
    ['/home/me/crackerjack/crackerjack.db-wal', 'a journal is no database'],
    ['/home/me/crackerjack.db.backup.20260211_072500', 'a backup is not the file'],
    ['/', 'there is no file name'],
  ])('%s is none: %s', path => {
    expect(knownSchemaFor(path)).toBeNull()
  })
})

const ofSqlite = knownSchemas.filter(schema => schema.engine === 'sqlite')

describe.each(ofSqlite.map(schema => [schema.name, schema] as const))('the schema %s', (_name, schema) => {
  it('makes exactly the tables that show it is there', () => {
    createKnownSchema(db, schema)
    expect(namesOf('table').filter(name => name !== 'sqlite_sequence')).toEqual(
      [...schema.expectedTables].sort(),
    )
  })

  it('is refused where one of its tables exists, and nothing else is made', () => {
    const last = schema.expectedTables.at(-1) ?? ''
    db.exec(`CREATE TABLE "${last.toUpperCase()}" (mine)`)
    expect(() => createKnownSchema(db, schema)).toThrowError(Refusal)
    expect(namesOf('table')).toEqual([last.toUpperCase()])
    expect(db.inTransaction).toBe(false)
  })

  it('leaves nothing behind when a statement fails', () => {
    const broken = { ...schema, statements: [...schema.statements, 'CREATE TABLE broken ('] }
    expect(() => createKnownSchema(db, broken)).toThrowError(/incomplete input|syntax error/)
    expect(namesOf('table').filter(name => name !== 'sqlite_sequence')).toEqual([])
    createKnownSchema(db, schema)
  })
})

describe.each(knownSchemas.map(schema => [schema.name, schema] as const))(
  'the schema %s of either engine',
  (_name, schema) => {
    it('names the command by which its application would make it', () => {
      expect(schema.command).toMatch(/^(python3? |oneiric )/)
    })

    it('is recognised in a database that has its tables, whatever the database is called', () => {
      const tables = schema.statements
        .filter(sql => sql.startsWith('CREATE TABLE'))
        .map(sql => parseCreateTable(sql))
        .map(({ name, columns }) => ({ name, columns }))
      expect(knownSchemaOf({ tables } as unknown as Schema)?.system).toBe(schema.system)
    })
  },
)

it('only sessions get their ULIDs beside the legacy id by default, as the guide wants it', () => {
  const expanded = knownSchemas.filter(schema => schema.strategy === 'expand').map(schema => schema.name)
  expect(expanded).toEqual(['session-buddy'])
})

describe('the shapes are those of the real files', () => {
  it('Crackerjack: job_id is unique but not the key, and the children refer to it', () => {
    createKnownSchema(db, schemaNamed('crackerjack'))
    expect(columnsOf('jobs')).toEqual([
      'id INTEGER#1',
      'job_id TEXT!',
      'start_time TIMESTAMP!',
      'end_time TIMESTAMP',
      'status TEXT!',
      'iterations INTEGER=0',
      'ai_agent BOOLEAN=0',
      'error_message TEXT',
      'metadata TEXT',
    ])
    for (const child of ['errors', 'hook_executions', 'test_executions']) {
      expect(keysOf(child)).toEqual(['job_id -> jobs.job_id'])
    }
    expect(namesOf('table')).toContain('sqlite_sequence')
    db.exec("INSERT INTO jobs (job_id, start_time, status) VALUES ('a', '2026-02-11', 'running')")
    expect(() =>
      db.exec("INSERT INTO jobs (job_id, start_time, status) VALUES ('a', '2026-02-11', 'running')"),
    ).toThrowError(/UNIQUE/)
  })

  it('metrics: ten tables, thirteen indexes, seven declared references, one of them never null', () => {
    const schema = schemaNamed('crackerjack-metrics')
    createKnownSchema(db, schema)
    expect(schema.expectedTables).toHaveLength(10)
    expect(namesOf('index')).toHaveLength(13)
    const referring = schema.expectedTables.filter(table => keysOf(table).length > 0)
    expect(referring).toHaveLength(7)
    expect(referring.flatMap(keysOf)).toEqual(Array(7).fill('job_id -> jobs.job_id'))
    const required = referring.filter(table => columnsOf(table).includes('job_id TEXT!'))
    expect(required).toEqual(['agent_executions'])
    expect(columnsOf('daily_summary')[0]).toBe('date DATE#1')
    expect(columnsOf('daily_summary')).toHaveLength(14)
    expect(columnsOf('orchestration_executions')).toContain('iteration_count INTEGER=1')
  })

  it('Session-Buddy: the name of a session is its key', () => {
    createKnownSchema(db, schemaNamed('session-buddy'))
    expect(columnsOf('sessions')).toEqual([
      'session_id TEXT#1',
      'component_name TEXT!',
      'start_time TIMESTAMP!',
      'end_time TIMESTAMP',
      'duration_seconds INTEGER',
      'quality_score REAL',
      'project TEXT',
      'error_occurred BOOLEAN',
      'error_message TEXT',
    ])
  })

  it('Oneiric: the run is half of a key and declared nowhere', () => {
    createKnownSchema(db, schemaNamed('oneiric-checkpoints'))
    expect(columnsOf('workflow_execution_nodes')).toEqual([
      'run_id TEXT#1',
      'node_key TEXT#2',
      'status TEXT',
      'started_at TEXT',
      'ended_at TEXT',
      'attempts INTEGER',
      'error TEXT',
    ])
    expect(keysOf('workflow_execution_nodes')).toEqual([])
    expect(columnsOf('workflow_executions')[0]).toBe('run_id TEXT#1')
  })
})
