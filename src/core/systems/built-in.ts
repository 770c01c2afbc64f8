/**
 * The systems of the guide, in its order: where they keep their data, at the guide's paths and at the real ones (SYSTEMS 1),
 * how they make their tables (SYSTEMS 4), and what they make ids with (SYSTEMS 3). A config file may say otherwise of any of it.
 */
import type { Command, Generator, System } from './system.ts'

type Known = Pick<
  System,
  'name' | 'title' | 'schema' | 'initialize' | 'sources' | 'generator' | 'interpreter' | 'test' | 'queries'
>

export interface BuiltIn extends Known {
  /** Names that its folder may have below the folder of all projects. */
  readonly folders: readonly string[]
  /** Of its databases: from its folder, or below the home folder; `*` is any name, or a part of one. With what they hold. */
  readonly places: readonly (readonly [path: string, what: string])[]
  /** It keeps its data in memory unless it is told otherwise. */
  readonly inMemory?: true
}

/** The guide's; the systems themselves also say druva and dhara. */
export const usualGenerator: Generator = { module: 'dhruva', name: 'generate' }
export const usualInterpreter: readonly string[] = ['python3']
const pytest: Command = { argv: ['python3', '-m', 'pytest', '-x', '-q'], limit: 3600 }

const checkpoints = [['.oneiric_cache/workflow_checkpoints.sqlite', "Oneiric's workflow runs"]] as const

export const builtInSystems: readonly BuiltIn[] = [
  {
    name: 'crackerjack',
    title: 'Crackerjack',
    folders: ['crackerjack'],
    places: [
      ['.crackerjack/crackerjack.db', 'jobs and errors, where the guide has them'],
      ['crackerjack.db', 'jobs and errors'],
      ['metrics.db', 'metrics: jobs and what belongs to them'],
      ['~/.cache/crackerjack/metrics.db', 'metrics: jobs and what belongs to them'],
      ['.session-buddy/skills.db/skills.db', 'skills'],
      ['.crackerjack/query_learning.db', 'learning from queries'],
      ['.crackerjack/dag_learning.db', 'learning from workflows'],
      ['.crackerjack/adapter_learning.db', 'learning from adapters'],
      ['.crackerjack/workflow_learning.db', 'learning from executions'],
      ['.crackerjack/fix_strategy_memory.db', 'fix strategies'],
      ['.crackerjack/oneiric_cache/workflow_checkpoints.sqlite', "Oneiric's workflow runs"],
      ...checkpoints,
    ],
    schema: 'crackerjack-metrics',
    initialize: {
      argv: ['python3', '-c', 'from crackerjack.services.metrics import get_metrics; get_metrics()'],
      expect: ['jobs', 'errors', 'hook_executions', 'test_executions'],
      limit: 120,
    },
    sources: ['crackerjack'],
    generator: usualGenerator,
    interpreter: usualInterpreter,
    test: pytest,
    queries: {
      'a job by its id': 'SELECT * FROM jobs WHERE job_id = (SELECT max(job_id) FROM jobs)',
      'errors of a job': 'SELECT count(*) FROM jobs j JOIN errors e ON e.job_id = j.job_id',
    },
  },
  {
    name: 'session-buddy',
    title: 'Session-Buddy',
    folders: ['session-buddy', 'session_buddy'],
    places: [
      ['.session-buddy/session_buddy.db', 'sessions, where the guide has them'],
      ['session_buddy.db', 'sessions'],
      ['~/.cache/session-buddy/session_buddy.db', 'sessions, where its own scripts look'],
      ['~/.claude/data/reflection.duckdb', 'conversations and reflections'],
      ['reflection.duckdb', 'conversations and reflections'],
      ['~/.claude/data/reflection_*.duckdb', 'conversations and reflections of other collections'],
      ['~/.claude/data/knowledge_graph.duckdb', 'knowledge graph'],
      ['knowledge_graph.duckdb', 'knowledge graph'],
      ['~/.claude/data/workflow_metrics.db', 'workflow metrics'],
      ['.session-buddy/skills.db', 'skills'],
      ['.session-buddy/skills.db/skills.db', 'skills'],
      ['~/.claude/data/team_knowledge.db', 'team knowledge'],
      ['~/.claude/data/crackerjack_integration.db', "results of Crackerjack's runs"],
      ['~/.claude/data/interruption_manager.db', 'interruptions'],
      ['~/.claude/data/natural_scheduler.db', 'reminders'],
      ['~/.claude/data/activity.db', 'activity'],
      ...checkpoints,
    ],
    schema: 'session-buddy',
    initialize: {
      argv: ['python3', '-m', 'session_buddy', 'start'],
      expect: ['sessions'],
      limit: 120,
    },
    sources: ['session_buddy'],
    generator: usualGenerator,
    interpreter: usualInterpreter,
    test: pytest,
    queries: {
      'a session by its id':
        'SELECT * FROM sessions WHERE session_id = (SELECT max(session_id) FROM sessions)',
    },
  },
  {
    name: 'akosha',
    title: 'Akosha',
    folders: ['akosha'],
    inMemory: true,
    places: [
      ['data/warm/warm.db', 'warm conversations'],
      ['warm/warm.db', 'warm conversations'],
      ['hot.duckdb', 'hot conversations, where a file was named for them'],
      ['data/warm/shard_*/*.duckdb', 'warm conversations, by system'],
      ...checkpoints,
    ],
    schema: null,
    initialize: null,
    sources: ['akosha'],
    generator: usualGenerator,
    interpreter: usualInterpreter,
    test: pytest,
    queries: {},
  },
  {
    name: 'mahavishnu',
    title: 'Mahavishnu',
    folders: ['mahavishnu'],
    places: [
      ['data/learning.db', 'executions'],
      ['learning.db', 'executions'],
      ['data/mahavishnu.db', 'executions, where the master script looks'],
      ['data/events.db', 'events'],
      ['~/.local/share/mahavishnu/adapter_persistence.db', 'adapter state'],
      ['~/.mahavishnu/outbox.duckdb', 'outbox'],
      ['~/.local/share/mahavishnu/mahavishnu_otel.duckdb', 'traces'],
      ...checkpoints,
    ],
    schema: 'mahavishnu-learning',
    initialize: {
      argv: ['python3', 'scripts/init_learning_db.py', '--db-path', 'data/learning.db'],
      expect: ['executions'],
      limit: 120,
    },
    sources: ['mahavishnu'],
    generator: usualGenerator,
    interpreter: usualInterpreter,
    test: pytest,
    queries: {},
  },
]
