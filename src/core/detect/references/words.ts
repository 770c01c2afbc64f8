/** The words that a name of a table or column is made of, and what some of them say. */

/** `fk_parentJob2_ID` gives fk, parent, job, id: lower case, without numbers that only count. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(word => word !== '')
}

/** English plurals as tables are named: jobs, categories, addresses, boxes, people. */
export function singularOf(word: string): string {
  const name = word.toLowerCase()
  const irregular: Record<string, string> = {
    people: 'person',
    children: 'child',
    men: 'man',
    women: 'woman',
    news: 'news',
    status: 'status',
    series: 'series',
    indices: 'index',
    matrices: 'matrix',
    vertices: 'vertex',
    data: 'data',
    media: 'media',
    criteria: 'criterion',
    analyses: 'analysis',
    movies: 'movie',
    aliases: 'alias',
    statuses: 'status',
    buses: 'bus',
    caches: 'cache',
  }
  if (Object.hasOwn(irregular, name)) return irregular[name]!
  if (/[^aeiou]ies$/.test(name) && name.length > 4) return name.replace(/ies$/, 'y')
  if (/(ss|x|ch|sh|zz)es$/.test(name)) return name.replace(/es$/, '')
  if (/[^su]s$/.test(name) && !/(is|us)$/.test(name) && name.length > 3) return name.replace(/s$/, '')
  return name
}

/** Words at the end of a name that say no more than "this names a row". */
const idWords = new Set([
  'id',
  'ids',
  'uid',
  'guid',
  'uuid',
  'ulid',
  'oid',
  'fk',
  'pk',
  'ref',
  'key',
  'rowid',
  'fid',
  'sid',
  'pid',
])
/** Words that name rows only where the key that is meant is called so as well: `country_code` beside `countries.code`. */
const keyWords = new Set([
  'code',
  'no',
  'nr',
  'num',
  'nbr',
  'number',
  'name',
  'slug',
  'abbr',
  'symbol',
  'handle',
  'hash',
  'url',
  'email',
  'sku',
  'isbn',
  'nm',
  'cd',
])
/** Words in front of a name that say the same: Hungarian, French, and those of people who write SQL by hand. */
const leadingWords = new Set(['fk', 'id', 'ref', 'fkey', 'lnk', 'cod', 'k'])
/** Words of table names that say nothing of what a row is. */
const tableWords = new Set([
  'tbl',
  'table',
  'tab',
  't',
  'info',
  'list',
  'data',
  'master',
  'mst',
  'main',
  'detail',
  'details',
  'record',
  'entity',
  'ref',
  'lookup',
  'lkp',
  'dim',
  'fact',
  'base',
  'model',
  'all',
  'xref',
  'map',
  'v',
  'new',
  'old',
])

export interface ColumnWords {
  readonly all: readonly string[]
  /** What is left of the name without what says that it is an id. */
  readonly stem: readonly string[]
  /** `id` where the name says that it is one, `key` where it ends like a natural key, `none` otherwise. */
  readonly mark: 'id' | 'key' | 'none'
  /** The last word, where the mark is one. */
  readonly last: string | null
}

export function columnWords(name: string): ColumnWords {
  const all = apart(wordsOf(name))
  const first = all[0] ?? ''
  const last = all.at(-1) ?? ''
  if (all.length > 1 && idWords.has(last)) {
    const body = all.slice(leadingWords.has(first) && all.length > 2 ? 1 : 0, -1)
    // `user_id_fk`, `owner_ref_id`
    const inner = body.at(-1) ?? ''
    return { all, stem: body.length > 1 && idWords.has(inner) ? body.slice(0, -1) : body, mark: 'id', last }
  }
  if (all.length > 1 && leadingWords.has(first)) return { all, stem: all.slice(1), mark: 'id', last: first }
  if (all.length > 1 && keyWords.has(last)) return { all, stem: all.slice(0, -1), mark: 'key', last }
  if (all.length === 1 && idWords.has(last)) return { all, stem: [], mark: 'id', last }
  if (all.length === 1 && keyWords.has(last)) return { all, stem: [], mark: 'key', last }
  return { all, stem: all, mark: 'none', last: null }
}

/** `userid`, `modifierid`, `kundennr`: written without any sign between. */
function apart(words: readonly string[]): readonly string[] {
  const last = words.at(-1) ?? ''
  const [, body, end] = /^(.{3,})(id|nr|guid|uuid)$/.exec(last) ?? []
  return body === undefined || end === undefined || plainWords.has(last) || plainWords.has(body + end)
    ? words
    : [...words.slice(0, -1), body, end]
}

/** Words that end so without being ids. */
const plainWords = new Set([
  'paid',
  'void',
  'valid',
  'invalid',
  'grid',
  'solid',
  'fluid',
  'rapid',
  'avoid',
  'unpaid',
  'prepaid',
  'postpaid',
  'android',
  'hybrid',
  'covid',
  'liquid',
  'humid',
  'acid',
  'arid',
  'stupid',
  'uuid',
  'guid',
  'bid',
  'raid',
  'plaid',
  'squid',
  'druid',
  'asteroid',
  'thyroid',
  'ovoid',
  'polaroid',
  'centroid',
  'madrid',
  'candid',
  'splendid',
  'overpaid',
  'rowid',
  'ulid',
  'ksuid',
  'cuid',
  'steroid',
  'orchid',
  'eyelid',
  'vivid',
  'timid',
  'rigid',
  'amid',
  'maid',
  'laid',
  'said',
  'aid',
  'kid',
  'lid',
  'mid',
  'rid',
])

/** The ways in which a row of the table may be called: `order item`, also without a word that several tables begin with. */
export function tableNames(table: string, prefixes: ReadonlySet<string>): readonly (readonly string[])[] {
  const all = wordsOf(table)
  const bare = all.length > 1 && (prefixes.has(all[0]!) || tableWords.has(all[0]!)) ? all.slice(1) : all
  const plain = bare.filter(word => !tableWords.has(word))
  const ways = [all, bare, plain].filter(words => words.length > 0).map(singular)
  return ways.filter((words, at) => ways.findIndex(other => other.join(' ') === words.join(' ')) === at)
}

function singular(words: readonly string[]): readonly string[] {
  return [...words.slice(0, -1), singularOf(words.at(-1)!)]
}

/**
 * The words that tables begin with to say where they belong (`mdl`, `auth`, `wp`): shared by several tables, while no table
 * is called so alone.
 */
export function commonPrefixes(tables: readonly string[]): ReadonlySet<string> {
  const counts = new Map<string, number>()
  const alone = new Set(
    tables
      .map(wordsOf)
      .filter(words => words.length === 1)
      .map(words => singularOf(words[0]!)),
  )
  for (const table of tables) {
    const words = wordsOf(table)
    if (words.length > 1) counts.set(words[0]!, (counts.get(words[0]!) ?? 0) + 1)
  }
  return new Set(
    [...counts].filter(([word, count]) => count > 1 && !alone.has(singularOf(word))).map(([word]) => word),
  )
}

/** Whether the longer word is a form of the shorter one: plurals of other languages, as abteilung and abteilungen. */
export function isFormOf(word: string, other: string): boolean {
  const [short, long] = word.length < other.length ? [word, other] : [other, word]
  if (short.length < 4) return false
  if (long.startsWith(short)) return long.length - short.length <= 2
  let common = 0
  while (common < short.length && short[common] === long[common]) common++
  return common >= 5 && short.length - common <= 2 && long.length - common <= 3
}

/** Names of tables whose rows are people, and of columns that say what somebody was to the row. */
export const people = new Set([
  'user',
  'person',
  'people',
  'employee',
  'staff',
  'member',
  'customer',
  'account',
  'contact',
  'author',
  'profile',
  'client',
  'player',
  'student',
  'teacher',
  'patient',
  'doctor',
  'agent',
  'worker',
  'emp',
  'usr',
  'party',
  'participant',
  'human',
  'admin',
  'personne',
  'mitarbeiter',
  'benutzer',
  'utilisateur',
  'usuario',
])
export const roles = new Set([
  'author',
  'owner',
  'creator',
  'created',
  'updated',
  'modified',
  'deleted',
  'approved',
  'assigned',
  'assignee',
  'assigner',
  'reviewer',
  'reviewed',
  'editor',
  'edited',
  'sender',
  'recipient',
  'receiver',
  'follower',
  'followee',
  'followed',
  'following',
  'manager',
  'supervisor',
  'boss',
  'mentor',
  'mentee',
  'rep',
  'salesperson',
  'salesman',
  'seller',
  'buyer',
  'reporter',
  'requester',
  'requested',
  'uploader',
  'uploaded',
  'poster',
  'posted',
  'inviter',
  'invited',
  'invitee',
  'friend',
  'blocker',
  'blocked',
  'admin',
  'moderator',
  'lead',
  'leader',
  'head',
  'captain',
  'coach',
  'contact',
  'operator',
  'responsible',
  'submitter',
  'submitted',
  'approver',
  'verified',
  'driver',
  'guest',
  'host',
  'organizer',
  'instructor',
  'lecturer',
  'teacher',
  'advisor',
  'tutor',
  'doctor',
  'physician',
  'nurse',
  'locked',
  'closed',
  'opened',
  'resolved',
  'banned',
  'voter',
  'liker',
  'subscriber',
  'subject',
  'actor',
  'who',
  'by',
  'from',
  'to',
  'commenter',
  'writer',
  'winner',
  'loser',
  'granted',
  'grantee',
  'grantor',
  'delegate',
  'signer',
  'signed',
  'handled',
  'performed',
  'entered',
  'recorded',
  'prescriber',
  'referrer',
  'referred',
  'inviting',
  'user',
])

/** Words that say how one row of a table is related to another row of the same table. */
export const kinship = new Set([
  'parent',
  'child',
  'ancestor',
  'descendant',
  'root',
  'predecessor',
  'successor',
  'previous',
  'prev',
  'next',
  'before',
  'after',
  'superseded',
  'supersedes',
  'replaces',
  'replaced',
  'replacement',
  'original',
  'origin',
  'duplicate',
  'reports',
  'manager',
  'supervisor',
  'boss',
  'mentor',
  'superior',
  'reply',
  'replied',
  'quoted',
  'in',
  'causal',
  'source',
  'target',
  'linked',
  'related',
  'merged',
  'forked',
  'cloned',
  'copied',
  'copy',
  'base',
  'derived',
  'opener',
  'referring',
  'referrer',
  'master',
  'head',
  'first',
  'last',
  'thread',
  'blocked',
  'blocks',
  'depends',
  'prerequisite',
  'requires',
  'left',
  'right',
  'up',
  'down',
  'sire',
  'dam',
  'father',
  'mother',
  'spouse',
  'partner',
  'twin',
  'of',
  'belongs',
  'eltern',
  'vorgesetzter',
  'pere',
  'mere',
])

/** Words that say "a number of something", "a measure", "a state": such a column names no row, whatever fits it. */
export const measures = new Set([
  'count',
  'counts',
  'cnt',
  'qty',
  'quantity',
  'amount',
  'amt',
  'total',
  'sum',
  'avg',
  'average',
  'min',
  'max',
  'mean',
  'median',
  'size',
  'length',
  'width',
  'height',
  'depth',
  'weight',
  'age',
  'year',
  'month',
  'day',
  'hour',
  'minute',
  'second',
  'seconds',
  'minutes',
  'hours',
  'days',
  'weeks',
  'months',
  'years',
  'week',
  'quarter',
  'duration',
  'rating',
  'score',
  'stars',
  'rank',
  'ranking',
  'position',
  'pos',
  'order',
  'ord',
  'sort',
  'sequence',
  'seq',
  'idx',
  'index',
  'offset',
  'line',
  'lineno',
  'level',
  'lvl',
  'priority',
  'prio',
  'version',
  'ver',
  'revision',
  'rev',
  'status',
  'state',
  'flag',
  'flags',
  'is',
  'has',
  'enabled',
  'active',
  'deleted',
  'visible',
  'port',
  'code',
  'price',
  'cost',
  'tax',
  'rate',
  'percent',
  'pct',
  'ratio',
  'factor',
  'discount',
  'balance',
  'latitude',
  'longitude',
  'lat',
  'lon',
  'lng',
  'x',
  'y',
  'z',
  'temperature',
  'temp',
  'speed',
  'number',
  'num',
  'attempts',
  'retries',
  'votes',
  'likes',
  'views',
  'hits',
  'visits',
  'points',
  'credits',
  'seats',
  'capacity',
  'stock',
  'limit',
  'threshold',
  'step',
  'stage',
  'page',
  'pages',
  'bytes',
  'time',
  'date',
  'timestamp',
  'at',
  'ms',
  'mode',
  'type',
  'kind',
  'class',
  'bits',
  'mask',
  'color',
  'colour',
  'floor',
  'gender',
  'sex',
  'scale',
  'precision',
  'value',
  'val',
  'used',
  'typed',
  'iteration',
  'iterations',
  'retry',
  'attempt',
  'grade',
  'semester',
  'term',
  'period',
  'batch',
  'round',
  'turn',
  'lap',
  'generation',
  'zoom',
  'row',
  'col',
  'column',
  'rowcount',
  'lines',
  'words',
  'chars',
  'millis',
  'ttl',
  'timeout',
  'interval',
  'frequency',
  'delay',
  'salary',
  'bonus',
  'budget',
  'menge',
  'anzahl',
  'jahr',
  'alter',
  'reihenfolge',
  'nombre',
  'quantite',
  'annee',
  'cantidad',
  'edad',
])
