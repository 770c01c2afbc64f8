import type { Language } from '../language.ts'

/** Something that is called an id. */
const ids = '(_id|_uuid|\\bid|\\buuid)\\b'

/** Whoever draws it so may want it unguessable, which a ULID is not: it tells its time, and its neighbours. */
const meant = {
  name: /session|auth|login|invite|invitation|reset|verif|share|api|key|access|cookie/i,
  why: 'It is drawn so that nobody can guess it; a ULID tells its time.',
}

export const python: Language = {
  name: 'python',
  grammars: { '.py': 'python' },
  hint: /uuid|ulid|Graph|Node|Entity|Edge|hashlib|secrets|random|strftime|isoformat|time|_id\b|ObjectId|UUID|ULID/,
  makers: [
    {
      id: 'uuid',
      rule: { pattern: '$F($$$A)' },
      called: /^uuid\.uuid[14678]$/,
      from: 'chance',
      object: true,
      what: 'a UUID',
    },
    {
      id: 'uuid-factory',
      rule: {
        any: [{ kind: 'attribute' }, { kind: 'identifier' }],
        inside: {
          any: [
            {
              kind: 'keyword_argument',
              has: { field: 'name', regex: '(^|_)(default|factory|generator|maker)$' },
            },
            { kind: 'assignment', has: { field: 'left', regex: '(?i)(factory|generator|maker|_id|_uuid)$' } },
            { kind: 'default_parameter' },
            { kind: 'typed_default_parameter' },
          ],
        },
      },
      called: /^uuid\.uuid[14678]$/,
      from: 'chance',
      object: true,
      factory: true,
      what: 'a UUID for each new object',
    },
    {
      id: 'uuid-of-name',
      rule: { pattern: '$F($$$A)' },
      called: /^uuid\.uuid[35]$/,
      from: 'content',
      object: true,
      what: 'a UUID made of a name',
    },
    {
      id: 'token',
      rule: { pattern: '$F($$$A)' },
      called: /^(shortuuid\.(uuid|random)|nanoid\.generate|cuid2?\.\w+)$/,
      from: 'chance',
      what: 'a random text',
    },
    {
      id: 'secret',
      rule: { pattern: '$F($$$A)' },
      called: /^secrets\.token_(hex|urlsafe)$/,
      from: 'chance',
      meant,
      what: 'a random text',
    },
    {
      id: 'secret',
      rule: { pattern: '$F($$$A).hex()' },
      called: /^os\.urandom$/,
      from: 'chance',
      meant,
      what: 'a random text',
    },
    {
      id: 'drawn-letters',
      rule: {
        pattern: '$S.join($$$A)',
        regex: '^(""|\'\')\\.join\\((?s:.*)\\b(random|secrets)\\.(choice|choices|sample)\\(',
      },
      from: 'chance',
      onlyIds: true,
      meant,
      what: 'a random text',
    },
    {
      id: 'object-id',
      rule: { pattern: '$F()' },
      called: /^bson\.(objectid\.)?ObjectId$/,
      from: 'chance',
      object: true,
      what: 'an ObjectId',
    },
    {
      id: 'time',
      rule: { pattern: '$F($$$A)' },
      called: /^time\.strftime$/,
      from: 'chance',
      onlyIds: true,
      what: 'a time',
    },
    {
      id: 'time',
      rule: { pattern: '$F($$$A)' },
      called: /^time\.time(_ns)?$|^datetime\.(datetime\.)?(now|utcnow)$/,
      from: 'chance',
      object: true,
      onlyIds: true,
      wraps: [
        { pattern: 'int($X)' },
        { pattern: 'round($X)' },
        { pattern: 'hex($X)' },
        { kind: 'binary_operator', has: { field: 'operator', regex: '^([*]|//?)$' } },
        { pattern: '$X.timestamp()' },
        { kind: 'attribute', has: { field: 'attribute', regex: '^(timestamp|strftime|isoformat)$' } },
      ],
      texts: [{ pattern: '$X.strftime($$$A)' }, { pattern: '$X.isoformat($$$A)' }, { pattern: 'hex($X)' }],
      what: 'a time',
    },
    {
      id: 'hash',
      rule: { pattern: '$F($$$A).hexdigest()' },
      called: /^hashlib\.(md5|sha1|sha224|sha256|sha384|sha512|blake2b|blake2s|new)$/,
      from: 'content',
      onlyIds: true,
      what: 'a hash',
    },
    {
      id: 'other-ulid',
      rule: { pattern: '$F($$$A)' },
      called: /^(ulid\.(ULID|new|ulid)|ulid2\.generate_ulid_as_uuid)$/,
      from: 'chance',
      object: true,
      what: 'a ULID of another generator',
    },
    {
      id: 'cut-ulid',
      rule: { any: [{ pattern: '$F($$$A)[:$N]' }, { pattern: '$F($$$A)[$M:$N]' }] },
      called: /(^|\.)(generate|generate_ulid|make_ulid|new_ulid|generate_config_id)$/,
      from: 'chance',
      what: 'a piece of a ULID, which is none',
    },
    {
      id: 'own-generator',
      rule: { pattern: '$F($$$A)' },
      called: /(^|\.)(generate_ulid|make_ulid|new_ulid|generate_config_id)$|^\.[\w.]*uuid[14]$/,
      from: 'chance',
      what: "made by a generator of the system's own",
    },
  ],
  wraps: [
    { pattern: 'str($X)' },
    { pattern: '$X.hex' },
    { kind: 'subscript', has: { kind: 'slice' } },
    { pattern: '$X.replace($$$A)' },
    { pattern: '$X.upper()' },
    { pattern: '$X.lower()' },
    { kind: 'attribute', has: { field: 'attribute', regex: '^(replace|upper|lower)$' } },
    { pattern: '$X.split($$$A)[$N]' },
    { pattern: '$X.split($$$A)' },
    { kind: 'attribute', has: { field: 'attribute', regex: '^(split|urn|int|bytes|bytes_le|fields)$' } },
    { kind: 'parenthesized_expression' },
  ],
  texts: [{ pattern: 'str($X)' }, { pattern: '$X.hex' }, { pattern: '$X.hex()' }, { pattern: '$X.urn' }],
  composed: {
    template: { kind: 'string', value: 'interpolation', content: 'string_content' },
    sums: [
      { kind: 'binary_operator', has: { field: 'operator', regex: '^[+]$' } },
      { kind: 'concatenated_string' },
    ],
    formats: [
      { rule: { pattern: '$S % $V' }, place: /%(\(\w+\))?[-#0 +]*\d*(\.\d+)?[a-zA-Z]/g },
      { rule: { pattern: '$S.format($$$V)' }, place: /\{[^{}]*\}/g },
      { rule: { pattern: '$S.join([$$$V])' }, place: /(?!)/g },
      { rule: { pattern: '$S.join(($$$V))' }, place: /(?!)/g },
    ],
    literals: new Set(['string', 'concatenated_string']),
  },
  time: /\b(time|timestamp|ts|ms|now|utcnow|today|date|strftime|isoformat|time_ns)\b|_(time|timestamp|ts|ms|date|now)\b/i,
  day: /%[dejUYyGVWB](?!.*%[HIMSfsTXc])|\.date\(\)|\bdate\.today\b|isoformat\(\)\[:10\]|^\{?(\w+\.)*(\w+_)?(date|day|today)\}?$/i,
  typed: {
    uuid: /\bUUID[1345]?\b|\bUuid\b|\bUUIDField\b|\bGUID\b/,
    short: /\b(String|Unicode|N?VARCHAR|CHAR)\((length=)?(\d|1\d|2[0-5])\)|\bmax_len(gth)?=(\d|1\d|2[0-5])\b/,
    text: /:\s*(Mapped\[)?str\b|\b(String|Text|Unicode|CHAR|VARCHAR|CharField|TextField)\b/,
  },
  factory: (local, call) => (call === `${local}()` ? local : `lambda: ${call}`),
  through: new Set([
    'argument_list',
    'parenthesized_expression',
    'boolean_operator',
    'conditional_expression',
    'lambda',
    'interpolation',
    'string',
    'await',
    'list',
    'tuple',
    'binary_operator',
    'subscript',
    'concatenated_string',
    'list_comprehension',
    'set_comprehension',
    'generator_expression',
  ]),
  validators: [
    {
      id: 'parsed-as-uuid',
      rule: { pattern: '$F($$$A)' },
      called: /^uuid\.UUID$/,
      why: 'A ULID is no UUID: this raises ValueError.',
    },
    {
      id: 'is-a-uuid',
      rule: { pattern: 'isinstance($X, $F)' },
      called: /^uuid\.UUID$/,
      why: 'A ULID is a text: this is never true of it.',
    },
    {
      id: 'uuid-type',
      rule: { kind: 'type', regex: '\\bUUID[1345]?\\b' },
      why: 'Where the type is checked (pydantic, typed columns), a ULID is refused.',
    },
    {
      id: 'length',
      rule: {
        kind: 'comparison_operator',
        regex: '^(len\\(.*\\)\\s*(==|!=|<|>=)\\s*(32|36)|(32|36)\\s*(==|!=|>|<=)\\s*len\\(.*\\))$',
      },
      why: 'A ULID has 26 characters.',
    },
    {
      id: 'length',
      rule: {
        kind: 'keyword_argument',
        regex:
          '^((min_length|max_length|length|min_len|max_len)\\s*=\\s*(32|36)|(max_length|max_len)\\s*=\\s*(\\d|1\\d|2[0-5]))$',
        inside: { kind: 'assignment', regex: ids, stopBy: 'end' },
      },
      why: 'A ULID has 26 characters.',
    },
    {
      id: 'length',
      rule: {
        kind: 'call',
        regex: '^(\\w+\\.)*(String|Unicode|CHAR|VARCHAR|NVARCHAR)\\((length=)?(\\d|1\\d|2[0-5])\\)$',
        inside: { kind: 'assignment', regex: ids, stopBy: 'end' },
      },
      why: 'The column is too short for a ULID, which has 26 characters.',
    },
    {
      id: 'sql',
      rule: {
        kind: 'string_content',
        regex:
          '(?i)check\\s*\\(.*(length\\s*\\(\\s*"?\\w*(id|uuid)"?\\s*\\)\\s*(=|>=|in)|glob\\s*\'.*(0-9a-f|a-f0-9))|\\b\\w*(id|uuid)"?\\s+(var)?char\\s*\\((\\d|1\\d|2[0-5])\\)',
      },
      why: 'The database checks the form or the length of an id: a ULID has 26 characters, of 0 to 9 and A to Z.',
    },
    {
      id: 'uuid-pattern',
      rule: {
        kind: 'string',
        regex:
          '\\{8\\}.*\\{4\\}.*\\{12\\}|\\{32\\}|\\{36\\}|\\[(0-9a-f|a-f0-9|0-9a-fA-F|a-fA-F0-9|\\\\da-f|a-f\\\\d)\\](\\{(8|10|12|16|20|24|26)\\}|\\+\\$)',
      },
      why: 'The pattern is that of a UUID or a hash; a ULID does not match it.',
    },
    {
      id: 'made-id-pattern',
      rule: {
        kind: 'string',
        regex:
          '(\\\\d|\\[0-9\\])\\{8\\}[-_T]?(\\\\d|\\[0-9\\])\\{6\\}|\\^(\\(\\?P<\\w+>)?[a-z]+[-_]\\(?(\\\\d|\\[0-9\\])',
      },
      why: 'The pattern is that of an id made of a name or a time; a ULID does not match it.',
    },
    {
      id: 'uuid-route',
      rule: { kind: 'string', regex: '<uuid:|:uuid\\}' },
      why: 'The route takes a UUID and nothing else.',
    },
    {
      id: 'uuid-type',
      rule: { kind: 'pair', regex: '^(["\'])format["\']\\s*:\\s*["\']uuid["\']$' },
      why: 'The schema takes a UUID and nothing else.',
    },
    {
      id: 'parsed-as-number',
      rule: {
        any: [{ pattern: 'int($X, 16)' }, { pattern: 'int($X)' }, { pattern: 'bytes.fromhex($X)' }],
        regex: ids,
      },
      why: 'A ULID is no number: this raises ValueError.',
    },
    {
      id: 'lower-case',
      rule: {
        kind: 'string',
        regex: '0123456789abcdefghjkmnpqrstvwxyz|0-9a-hjkmnp-tv-z|\\[(0-9a-z|a-z0-9)\\]\\{26\\}',
      },
      why: 'Only lower case is taken; a canonical ULID is upper case.',
    },
    {
      id: 'lower-case',
      rule: { pattern: '$X.islower()' },
      why: 'Only lower case is taken; a canonical ULID is upper case.',
    },
    {
      id: 'part-of-id',
      rule: {
        any: [
          { pattern: '$X.split($$$A)[$N]' },
          { pattern: '$X.rsplit($$$A)' },
          { pattern: '$X.partition($$$A)' },
          { pattern: '$X.rpartition($$$A)' },
          { pattern: '$X.startswith($S)' },
        ],
        regex: '(_id|\\bid)\\.(r?(split|partition)\\(|startswith\\(\\(?["\']\\w+[:_-]["\'])',
      },
      why: 'A part is read out of an id: a ULID has no parts. Store it on its own before the id changes.',
    },
  ],
  kinds: {
    functions: new Set(['function_definition', 'module']),
    assignments: new Set(['assignment', 'named_expression']),
    identifiers: new Set(['identifier']),
    comment: 'comment',
    blocks: new Set(['block', 'module']),
  },
  tests: /(^|\/)(tests?\/|conftest\.py$|test_[^/]*\.py$|[^/]*_test\.py$)/,
}
