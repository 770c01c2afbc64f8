import { describe, expect, it } from 'vitest'
import { foundIn, rows } from './found.ts'

/** Numbers with gaps, none of them a multiple of the next. */
const gappy = (n: string) => `((${n}) * 2 + (${n}) * 7 % 5)`
const documents = `CREATE TABLE documents(id INTEGER PRIMARY KEY, title TEXT, related TEXT); ${rows('documents', 200, gappy('n'), "'t'", `CASE WHEN n % 2 THEN ${gappy('n * 3 % 200 + 1')} || ',' || ${gappy('n * 7 % 200 + 1')} || ',' || ${gappy('n')} END`)}`
const dense = `CREATE TABLE documents(id INTEGER PRIMARY KEY, title TEXT); ${rows('documents', 400, 'n', "'t'")}`
const other = (value: string) =>
  `CREATE TABLE other(n INTEGER PRIMARY KEY, note TEXT); ${rows('other', 300, 'n', value)}`

describe('numbers that avoid the gaps of a key', () => {
  it('are offered in lists, also of their own table, without a name', () => {
    expect(foundIn(documents).chosen('offered')).toEqual(['documents.related:{id},... -> documents.id'])
  })

  it('are offered in JSON without a name, as values and as keys', () => {
    const id = gappy('n % 200 + 1')
    expect(foundIn(documents, other(`json_object('about', ${id})`)).chosen('offered')).toContain(
      'other.note:$.about -> documents.id',
    )
    expect(foundIn(documents, other(`json_object(${id} || '', 'write')`)).chosen('offered')).toContain(
      'other.note:$.*~ -> documents.id',
    )
  })

  it('say nothing where the key has no gaps', () => {
    expect(foundIn(dense, other("json_object('about', n % 200 + 1)")).references).toEqual([])
    expect(foundIn(dense, other("n || ',' || (n % 17 + 1)")).references).toEqual([])
  })
})

describe('a number in a text', () => {
  it('is taken where the word before it and a sign say what it is', () => {
    expect(foundIn(dense, other("'document:' || n")).chosen('accepted')).toEqual([
      'other.note:document:{id:#} -> documents.id',
    ])
    expect(foundIn(dense, other("'app://documents/' || n")).chosen('accepted')).toEqual([
      'other.note:app://documents/{id:#} -> documents.id',
    ])
  })

  it('is only offered where anybody may be called so', () => {
    const found = foundIn(dense, other("'document' || n"))
    expect(found.chosen('accepted')).toEqual([])
  })

  it('is found among texts of other kinds', () => {
    const found = foundIn(
      dense,
      other("CASE n % 3 WHEN 0 THEN 'https://example.org/x' ELSE 'app://document/' || n END"),
    )
    expect(found.chosen('accepted')).toEqual(['other.note:app://document/{id:#} -> documents.id'])
  })

  it('is found in hexadecimal, where it avoids the gaps', () => {
    const found = foundIn(documents, other(`printf('0x%08x', ${gappy('n % 200 + 1')})`))
    expect(found.chosen('offered')).toContain('other.note:0x{id:hex8} -> documents.id')
  })
})

describe('texts that are all divided alike', () => {
  it('hold an id in each part that the part before names', () => {
    const found = foundIn(
      'CREATE TABLE sites(id INTEGER PRIMARY KEY, x TEXT); CREATE TABLE devices(id TEXT PRIMARY KEY);',
      rows('sites', 40, 'n', "'x'"),
      rows('devices', 90, "printf('dv-%04x-a', n * 7919 % 65536)"),
      other(
        "'site/' || (n % 40 + 1) || '/device/' || printf('dv-%04x-a', (n % 90 + 1) * 7919 % 65536) || '/up'",
      ),
    )
    expect(found.chosen('offered')).toEqual([
      'other.note:site/*/device/{id}/up -> devices.id',
      'other.note:site/{id:#}/device/*/up -> sites.id',
    ])
  })

  it('hold none where no name and no value says so', () => {
    expect(foundIn(dense, other("'shelf/' || (n % 9 + 1) || '/box/' || (n % 40 + 1)")).references).toEqual([])
  })
})

describe('documents of several kinds', () => {
  it('are records with the fields of all of them, and no map', () => {
    const kinds = ['text', 'gallery', 'quote', 'embed', 'columns', 'divider', 'heading', 'listing', 'code']
    const fields = kinds
      .map((kind, at) => `WHEN ${at} THEN json_object('${kind}', 'x', '${kind}Id', 'y')`)
      .join(' ')
    const found = foundIn(
      dense,
      other(`CASE n % 10 ${fields} ELSE json_object('documentId', n % 300 + 1) END`),
    )
    expect(found.references.map(each => each.path)).toEqual(['$.documentId'])
  })
})

describe('rows of a property and its value', () => {
  const meta = `CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT); ${rows('users', 60, 'n', "'u'")}
    CREATE TABLE history(n INTEGER PRIMARY KEY, field TEXT, newvalue TEXT);
    ${rows('history', 400, 'n', "CASE n % 4 WHEN 0 THEN 'user_id' WHEN 1 THEN 'assignee' WHEN 2 THEN 'points' ELSE 'title' END", "CASE n % 4 WHEN 3 THEN 'title ' || n ELSE n % 60 + 1 END")}`

  it('tell by the property of what the value is an id', () => {
    const found = foundIn(meta)
    expect(found.chosen('accepted')).toEqual(['history.newvalue[field=user_id] -> users.id'])
    expect(found.chosen('offered')).toEqual(['history.newvalue[field=assignee] -> users.id'])
    expect(found.references).toHaveLength(2)
  })
})

describe('an id of anything', () => {
  it('is of the table that another column names, by itself or in a table of types', () => {
    const found = foundIn(
      'CREATE TABLE forum(id INTEGER PRIMARY KEY, x); CREATE TABLE quiz(id INTEGER PRIMARY KEY, x); CREATE TABLE modules(id INTEGER PRIMARY KEY, name TEXT);',
      rows('forum', 50, 'n', '1'),
      rows('quiz', 70, 'n', '1'),
      "INSERT INTO modules VALUES (9, 'forum'), (17, 'quiz');",
      'CREATE TABLE placed(id INTEGER PRIMARY KEY, module INTEGER, instance INTEGER); CREATE TABLE log(n INTEGER PRIMARY KEY, objecttable TEXT, objectid INTEGER);',
      rows('placed', 200, 'n', 'CASE n % 2 WHEN 0 THEN 9 ELSE 17 END', 'n % 50 + 1'),
      rows('log', 200, 'n', "CASE n % 2 WHEN 0 THEN 'forum' ELSE 'quiz' END", 'n % 50 + 1'),
    )
    expect(found.chosen('accepted')).toEqual([
      'log.objectid[objecttable=forum] -> forum.id',
      'log.objectid[objecttable=quiz] -> quiz.id',
      'placed.instance[module=17] -> quiz.id',
      'placed.instance[module=9] -> forum.id',
    ])
  })
})
