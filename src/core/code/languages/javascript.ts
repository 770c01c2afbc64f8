import type { Language } from '../language.ts'

/** JavaScript and TypeScript: ids are made alike in both. */
export const javascript: Language = {
  name: 'javascript',
  grammars: {
    '.js': 'JavaScript',
    '.mjs': 'JavaScript',
    '.cjs': 'JavaScript',
    '.jsx': 'JavaScript',
    '.ts': 'TypeScript',
    '.mts': 'TypeScript',
    '.cts': 'TypeScript',
    '.tsx': 'Tsx',
  },
  hint: /uuid|UUID|nanoid|cuid|createHash|randomBytes|Math\.random|Date|[tT]ime|ObjectId|ulid|ULID/,
  makers: [
    {
      id: 'uuid',
      rule: { pattern: '$F($$$A)' },
      called:
        /^((globalThis|window|self)\.)?(node:)?crypto\.(webcrypto\.)?randomUUID$|^uuid\.v[1467]$|^uuid\/v[14]$|^uuidv4$/,
      from: 'chance',
      what: 'a UUID',
    },
    {
      id: 'uuid-of-name',
      rule: { pattern: '$F($$$A)' },
      called: /^uuid\.v[35]$|^uuid\/v[35]$/,
      from: 'content',
      what: 'a UUID made of a name',
    },
    {
      id: 'token',
      rule: { pattern: '$F($$$A)' },
      called:
        /^nanoid(\/non-secure)?\.nanoid$|^nanoid$|^cuid(\.default)?$|^@paralleldrive\/cuid2\.createId$|^short-uuid\.generate$/,
      from: 'chance',
      what: 'a random text',
    },
    {
      id: 'token',
      rule: { pattern: '$F($$$A).toString($$$B)' },
      called: /^Math\.random$/,
      from: 'chance',
      what: 'a random text',
    },
    {
      id: 'secret',
      rule: { pattern: '$F($$$A).toString($$$B)' },
      called: /^(node:)?crypto\.randomBytes$/,
      from: 'chance',
      meant: {
        name: /session|auth|login|invite|invitation|reset|verif|share|api|key|access|cookie/i,
        why: 'It is drawn so that nobody can guess it; a ULID tells its time.',
      },
      what: 'a random text',
    },
    {
      id: 'uuid-factory',
      rule: {
        any: [{ kind: 'identifier' }, { kind: 'member_expression' }],
        inside: {
          any: [
            { kind: 'pair', has: { field: 'key', regex: '^(default|defaultValue|defaultFn|factory)$' } },
            {
              kind: 'arguments',
              inside: { kind: 'call_expression', has: { field: 'function', regex: '\\.\\$default(Fn)?$' } },
            },
          ],
        },
      },
      called:
        /^((globalThis|window|self)\.)?(node:)?crypto\.randomUUID$|^uuid\.v[1467]$|^nanoid\.nanoid$|^cuid(\.default)?$|^@paralleldrive\/cuid2\.createId$/,
      from: 'chance',
      factory: true,
      what: 'an id for each new row',
    },
    {
      id: 'object-id',
      rule: { pattern: 'new $F()' },
      called:
        /^(mongodb|bson)\.ObjectI[dD]$|^(mongoose\.)?(mongoose\.)?Types\.ObjectId$|^mongoose\.Types\.ObjectId$/,
      from: 'chance',
      object: true,
      what: 'an ObjectId',
    },
    {
      id: 'time',
      rule: { any: [{ pattern: 'Date.now()' }, { pattern: 'new Date()' }] },
      from: 'chance',
      object: true,
      onlyIds: true,
      wraps: [
        { pattern: '$X.getTime()' },
        { pattern: '$X.toISOString()' },
        { kind: 'member_expression', has: { field: 'property', regex: '^(getTime|toISOString)$' } },
      ],
      texts: [{ pattern: '$X.toISOString()' }],
      what: 'a time',
    },
    {
      id: 'hash',
      rule: { pattern: '$F($$$A).update($$$B).digest($$$C)' },
      called: /^(node:)?crypto\.createHash$/,
      from: 'content',
      onlyIds: true,
      what: 'a hash',
    },
  ],
  wraps: [
    { pattern: 'String($X)' },
    { pattern: '$X.slice($$$A)' },
    { pattern: '$X.substring($$$A)' },
    { pattern: '$X.substr($$$A)' },
    { pattern: '$X.replace($$$A)' },
    { pattern: '$X.replaceAll($$$A)' },
    { pattern: '$X.toUpperCase()' },
    { pattern: '$X.toLowerCase()' },
    { pattern: '$X.toString($$$A)' },
    { pattern: '$X.toHexString()' },
    { pattern: '$X.split($$$A)' },
    { pattern: '$X.split($$$A)[$N]' },
    {
      kind: 'member_expression',
      has: {
        field: 'property',
        regex:
          '^(slice|substring|substr|replace|replaceAll|toUpperCase|toLowerCase|toString|toHexString|split)$',
      },
    },
    { kind: 'parenthesized_expression' },
  ],
  texts: [{ pattern: 'String($X)' }, { pattern: '$X.toString($$$A)' }, { pattern: '$X.toHexString()' }],
  composed: {
    template: { kind: 'template_string', value: 'template_substitution', content: 'string_fragment' },
    sums: [{ kind: 'binary_expression', has: { field: 'operator', regex: '^[+]$' } }],
    formats: [{ rule: { pattern: '[$$$V].join($S)' }, place: /(?!)/g }],
    literals: new Set(['string', 'template_string']),
  },
  time: /\bDate\.now\b|\bnew Date\b|\btoISOString\b|\bgetTime\b|\bperformance\.now\b|\b(timestamp|ts|now|ms|time|date)\b|(Time|Timestamp|Ms)\b/,
  day: /toISOString\(\)\.(slice|substring|substr)\(0, ?(7|10)\)|split\(['"]T['"]\)\[0\]|to(Locale)?DateString|^(\$\{)?([\w$]+\.)*\w*([dD]ate|[dD]ay|[tT]oday)\}?$/,
  typed: {
    uuid: /\bUUID\b|\buuid\(\s*['"]|\(\s*['"]uuid['"]|type:\s*['"]uuid['"]/,
    short: /\blength:\s*(\d|1\d|2[0-5])\b|\b(CHAR|STRING)\((\d|1\d|2[0-5])\)/,
    text: /:\s*string\b|\btype:\s*(String|['"](text|varchar|string)['"])|\b(text|varchar)\(\s*['"]/,
  },
  factory: (_, call) => `() => ${call}`,
  through: new Set([
    'arguments',
    'parenthesized_expression',
    'binary_expression',
    'ternary_expression',
    'template_substitution',
    'template_string',
    'await_expression',
    'as_expression',
    'satisfies_expression',
    'non_null_expression',
    'array',
    'object',
    'subscript_expression',
    'arrow_function',
    'member_expression',
  ]),
  validators: [
    {
      id: 'parsed-as-uuid',
      rule: { pattern: '$F($$$A)' },
      called: /^uuid\.(validate|version|parse)$|(^|\.)isUUID$/i,
      why: 'A ULID is no UUID.',
    },
    {
      id: 'uuid-type',
      rule: {
        any: [{ pattern: '$X.$M($$$A)' }, { pattern: '$X($$$A)' }],
        regex: '^(z\\.|v\\.|(.*\\.)?string\\().*\\b(uuid|uuidv4|guid|cuid2?|nanoid)\\([^()]*\\)$',
      },
      why: 'The schema takes ids of this kind and no others.',
    },
    {
      id: 'uuid-type',
      rule: { kind: 'pair', regex: '^([\'"])?format[\'"]?\\s*:\\s*[\'"]uuid[\'"]$' },
      why: 'The schema takes a UUID and nothing else.',
    },
    {
      id: 'uuid-type',
      rule: { kind: 'identifier', regex: '^ParseUUIDPipe$', not: { inside: { kind: 'import_specifier' } } },
      why: 'It takes a UUID and nothing else.',
    },
    {
      id: 'length',
      rule: {
        pattern: '$X.$M($N)',
        regex: '\\.((length|min|max)\\((32|36)\\)|(length|max)\\((\\d|1\\d|2[0-5])\\))$',
        inside: { kind: 'pair', has: { field: 'key', regex: '(Id|_id|^id|[uU]uid)$' }, stopBy: 'end' },
      },
      why: 'A ULID has 26 characters.',
    },
    {
      id: 'length',
      rule: { kind: 'binary_expression', regex: '\\.length\\s*(===?|!==?|<|>=)\\s*(32|36)$' },
      why: 'A ULID has 26 characters.',
    },
    {
      id: 'uuid-pattern',
      rule: {
        any: [{ kind: 'regex' }, { kind: 'string' }],
        regex:
          '\\{8\\}.*\\{4\\}.*\\{12\\}|\\{32\\}|\\{36\\}|\\[(0-9a-f|a-f0-9|0-9a-fA-F|a-fA-F0-9|\\\\da-f|a-f\\\\d)\\](\\{(8|10|12|16|20|24|26)\\}|\\+\\$)',
      },
      why: 'The pattern is that of a UUID or a hash; a ULID does not match it.',
    },
    {
      id: 'lower-case',
      rule: {
        any: [{ kind: 'regex' }, { kind: 'string' }],
        regex:
          '(0123456789abcdefghjkmnpqrstvwxyz|0-9a-hjkmnp-tv-z|\\[(0-9a-z|a-z0-9)\\]\\{26\\})[^/]*(/[^i]*)?$',
      },
      why: 'Only lower case is taken; a canonical ULID is upper case.',
    },
    {
      id: 'part-of-id',
      rule: { pattern: '$X.split($$$A)[$N]', regex: '(Id|\\bid)\\.split\\(' },
      why: 'A part is read out of an id: a ULID has no parts. Store it on its own before the id changes.',
    },
  ],
  kinds: {
    functions: new Set([
      'function_declaration',
      'function_expression',
      'generator_function_declaration',
      'arrow_function',
      'method_definition',
      'program',
    ]),
    assignments: new Set(['variable_declarator', 'assignment_expression']),
    identifiers: new Set(['identifier', 'shorthand_property_identifier']),
    comment: 'comment',
    blocks: new Set(['statement_block', 'program']),
  },
  tests: /(^|\/)(tests?|__tests__)\/|\.(test|spec)\.[cm]?[jt]sx?$/,
}
