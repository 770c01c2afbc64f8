import { describe, expect, it } from 'vitest'
import { foundIn, hash, rows } from './found.ts'

const table = (name: string, count: number, from = 0) =>
  `CREATE TABLE ${name}(id INTEGER PRIMARY KEY, title TEXT); ${rows(name, count, `n + ${from}`, "'title ' || n")}`

describe('a pair of type and id', () => {
  it('of Rails is a reference for each type', () => {
    const found = foundIn(
      table('posts', 100),
      table('blog_posts', 100),
      table('photos', 40),
      'CREATE TABLE comments(id INTEGER PRIMARY KEY, commentable_type TEXT, commentable_id INTEGER, body TEXT);',
      rows(
        'comments',
        300,
        'n',
        "CASE n % 3 WHEN 0 THEN 'Post' WHEN 1 THEN 'Photo' ELSE 'BlogPost' END",
        'CASE WHEN n % 3 = 1 THEN n % 40 + 1 ELSE n % 100 + 1 END',
        "'text'",
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'comments.commentable_id[commentable_type=BlogPost] -> blog_posts.id',
      'comments.commentable_id[commentable_type=Photo] -> photos.id',
      'comments.commentable_id[commentable_type=Post] -> posts.id',
    ])
    expect(found.the('comments.commentable_id[commentable_type=Photo] -> photos.id')).toMatchObject({
      kind: 'polymorphic',
      matched: 100,
      orphans: 0,
      why: 'where commentable_type is Photo, 100 of 100 values name rows of photos; the type names it',
    })
    expect(found.findings).toEqual([])
  })

  it('of Laravel names its classes in full, and types without rows of theirs are told', () => {
    const found = foundIn(
      table('posts', 100),
      table('users', 50),
      'CREATE TABLE activity(id INTEGER PRIMARY KEY, subject_type TEXT, subject_id INTEGER, causer_type TEXT, causer_id INTEGER);',
      rows(
        'activity',
        200,
        'n',
        "CASE n % 4 WHEN 0 THEN 'App\\Models\\User' WHEN 1 THEN 'search' ELSE 'App\\Models\\Post' END",
        'CASE n % 4 WHEN 1 THEN n * 1000 ELSE n % 45 + 1 END',
        "'App\\Models\\User'",
        'n % 50 + 1',
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'activity.causer_id[causer_type=App\\Models\\User] -> users.id',
      'activity.subject_id[subject_type=App\\Models\\Post] -> posts.id',
      'activity.subject_id[subject_type=App\\Models\\User] -> users.id',
    ])
    expect(found.findings).toMatchObject([{ code: 'REFERENCE.UNKNOWN_TYPES', object: 'activity.subject_id' }])
    expect(found.findings[0]!.message).toContain('subject_type is search.')
  })

  it('of Django tells its type by the row of another table', () => {
    const found = foundIn(
      table('blog_post', 100),
      table('shop_post', 100),
      table('auth_user', 50),
      `CREATE TABLE django_content_type(id INTEGER PRIMARY KEY, app_label TEXT, model TEXT);
       INSERT INTO django_content_type VALUES (4, 'auth', 'user'), (7, 'blog', 'post'), (9, 'shop', 'post');
       CREATE TABLE taggit_item(id INTEGER PRIMARY KEY, content_type_id INTEGER REFERENCES django_content_type, object_id INTEGER);`,
      rows('taggit_item', 200, 'n', 'CASE n % 2 WHEN 0 THEN 4 ELSE 7 END', 'n % 50 + 1'),
    )
    expect(found.chosen('accepted')).toEqual([
      'taggit_item.object_id[content_type_id=4] -> auth_user.id',
      'taggit_item.object_id[content_type_id=7] -> blog_post.id',
    ])
  })

  it('may hold orphans and nothing, which are counted for each type', () => {
    const found = foundIn(
      table('posts', 100),
      'CREATE TABLE notes(owner_type TEXT, owner_id, body TEXT);',
      rows('notes', 100, "'post'", 'CASE WHEN n <= 20 THEN n + 1000 WHEN n <= 30 THEN 0 ELSE n END', "'x'"),
    )
    expect(found.the('notes.owner_id[owner_type=post] -> posts.id')).toMatchObject({
      choice: 'accepted',
      matched: 70,
      orphans: 20,
      sentinels: 10,
    })
  })

  it('with ids of machines needs no names: the values say of which table they are', () => {
    const found = foundIn(
      `CREATE TABLE conversations(id TEXT PRIMARY KEY); ${rows('conversations', 100, hash('n'))}`,
      `CREATE TABLE reflections(id TEXT PRIMARY KEY); ${rows('reflections', 100, hash('n + 500'))}`,
      'CREATE TABLE search_index(id INTEGER PRIMARY KEY, content_type TEXT, content_id TEXT);',
      rows(
        'search_index',
        120,
        'n',
        "CASE n % 3 WHEN 0 THEN 'conv' WHEN 1 THEN 'r' ELSE 'search_facet' END",
        `CASE n % 3 WHEN 0 THEN ${hash('n % 100 + 1')} WHEN 1 THEN ${hash('n % 100 + 500')} ELSE 'facet ' || n END`,
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'search_index.content_id[content_type=conv] -> conversations.id',
      'search_index.content_id[content_type=r] -> reflections.id',
    ])
    expect(found.findings[0]!.message).toContain('content_type is search_facet')
  })

  it('is not believed where the numbers of the type are not there', () => {
    const found = foundIn(
      table('posts', 10),
      'CREATE TABLE events(id INTEGER PRIMARY KEY, item_type TEXT, item_id INTEGER);',
      rows('events', 200, 'n', "'Post'", 'n * 7'),
    )
    expect(found.chosen('accepted')).toEqual([])
  })

  it('is only offered where the name of the id says of which table it is', () => {
    const found = foundIn(
      table('devices', 100),
      table('sensors', 100),
      'CREATE TABLE readings(id INTEGER PRIMARY KEY, device_type TEXT, device_id INTEGER);',
      rows('readings', 200, 'n', "'sensor'", 'n % 100 + 1'),
    )
    expect(found.chosen('accepted')).toEqual([])
  })

  it('is only offered where the type is shortened', () => {
    const found = foundIn(
      table('contracts', 100),
      'CREATE TABLE events(id INTEGER PRIMARY KEY, item_type TEXT, item_id INTEGER);',
      rows('events', 200, 'n', "'con'", 'n % 100 + 1'),
    )
    expect(found.chosen('accepted')).toEqual([])
    expect(found.chosen('offered')).toEqual(['events.item_id[item_type=con] -> contracts.id'])
  })

  it.each([
    ['a code of small numbers', 'n % 3', 'n % 100 + 1'],
    ['words that name no table', "CASE n % 2 WHEN 0 THEN 'daily' ELSE 'weekly' END", 'n % 100 + 1'],
    ['a name for each row', "'name ' || n", 'n % 100 + 1'],
  ])('is none with %s', (_, type, id) => {
    const found = foundIn(
      table('posts', 100),
      'CREATE TABLE events(id INTEGER PRIMARY KEY, item_type, item_id INTEGER);',
      rows('events', 200, 'n', type, id),
    )
    expect(found.references).toEqual([])
    expect(found.findings).toEqual([])
  })

  const books = [
    'CREATE TABLE sales_invoice(name TEXT PRIMARY KEY, at TEXT); CREATE TABLE payment_entry(name TEXT PRIMARY KEY, at TEXT);',
    rows('sales_invoice', 120, "'SINV-' || (1000 + n)", "'t'"),
    rows('payment_entry', 120, "'PAY-' || (1000 + n)", "'t'"),
  ]
  const both = "CASE n % 2 WHEN 0 THEN 'SINV-' ELSE 'PAY-' END || (1000 + n % 100 + 1)"
  it.each([
    ['voucher_type', 'voucher_no'],
    ['reference_doctype', 'reference_name'],
    ['ref_doctype', 'docname'],
  ])('may be called %s and %s', (type, id) => {
    const found = foundIn(
      ...books,
      `CREATE TABLE ledger(id INTEGER PRIMARY KEY, ${type} TEXT, ${id} TEXT, amount INTEGER);`,
      rows('ledger', 200, 'n', "CASE n % 2 WHEN 0 THEN 'Sales Invoice' ELSE 'Payment Entry' END", both, 'n'),
    )
    expect(found.chosen('accepted')).toEqual([
      `ledger.${id}[${type}='Payment Entry'] -> payment_entry.name`,
      `ledger.${id}[${type}='Sales Invoice'] -> sales_invoice.name`,
    ])
  })

  it('says by both parts of a type which of two tables is meant', () => {
    const found = foundIn(
      table('sale_order', 100),
      table('purchase_order', 100),
      'CREATE TABLE messages(id INTEGER PRIMARY KEY, model TEXT, res_id INTEGER);',
      rows(
        'messages',
        200,
        'n',
        "CASE n % 2 WHEN 0 THEN 'sale.order' ELSE 'purchase.order' END",
        'n % 90 + 1',
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'messages.res_id[model=purchase.order] -> purchase_order.id',
      'messages.res_id[model=sale.order] -> sale_order.id',
    ])
  })

  it('does not take a column that is called after something else for the id', () => {
    const found = foundIn(
      table('sale_order', 100),
      table('purchase_order', 100),
      table('people', 100),
      'CREATE TABLE messages(id INTEGER PRIMARY KEY, model TEXT, res_id INTEGER, person_id INTEGER, parent_id INTEGER, kind_no INTEGER);',
      rows(
        'messages',
        200,
        'n',
        "CASE n % 2 WHEN 0 THEN 'sale.order' ELSE 'purchase.order' END",
        'n % 90 + 1',
        'n % 95 + 1',
        'n % 95 + 1',
        'n % 5 + 1',
      ),
    )
    expect(found.references.map(each => each.column)).toEqual(['res_id', 'res_id'])
  })

  it('whose types are codes is offered where the numbers avoid the gaps of one table, or are of the one that begins so', () => {
    const sparse = (name: string, step: string) =>
      `CREATE TABLE ${name}(id INTEGER PRIMARY KEY, title TEXT); ${rows(name, 150, step, "'t'")}`
    const found = foundIn(
      sparse('tickets', 'n * 3 + n % 2'),
      sparse('articles', 'n * 4 + n % 3'),
      table('users', 80),
      table('stores', 80),
      'CREATE TABLE thread(id INTEGER PRIMARY KEY, object_type TEXT, object_id INTEGER);',
      rows(
        'thread',
        400,
        'n',
        "CASE n % 4 WHEN 0 THEN 'X' WHEN 1 THEN '7' WHEN 2 THEN 'U' ELSE 'Q' END",
        'CASE n % 4 WHEN 0 THEN (n / 4 + 1) * 3 + (n / 4 + 1) % 2 WHEN 1 THEN (n / 4 + 1) * 4 + (n / 4 + 1) % 3 ELSE n % 80 + 1 END',
      ),
    )
    expect([found.chosen('accepted'), found.chosen('offered')]).toEqual([
      [],
      [
        'thread.object_id[object_type=7] -> articles.id',
        'thread.object_id[object_type=U] -> users.id',
        'thread.object_id[object_type=X] -> tickets.id',
      ],
    ])
  })

  it('is none where no column tells the other', () => {
    const found = foundIn(
      table('posts', 100),
      'CREATE TABLE events(id INTEGER PRIMARY KEY, type TEXT, post_count INTEGER, status TEXT);',
      rows('events', 200, 'n', "'Post'", 'n % 100 + 1', "'posts'"),
    )
    expect(found.references).toEqual([])
  })
})

describe('ids of several identities without a type', () => {
  const parents = [
    `CREATE TABLE accounts(guid TEXT PRIMARY KEY); ${rows('accounts', 100, hash('n'))}`,
    `CREATE TABLE transactions(guid TEXT PRIMARY KEY); ${rows('transactions', 100, hash('n + 500'))}`,
    'CREATE TABLE slots(id INTEGER PRIMARY KEY, obj_guid TEXT, name TEXT, n INTEGER);',
  ]
  const either = `CASE WHEN n % 2 THEN ${hash('n')} ELSE ${hash('n % 100 + 500')} END`

  it('are told apart by the values alone', () => {
    const found = foundIn(...parents, rows('slots', 100, 'n', either, "'notes'", 'n * 7'))
    expect(found.chosen('accepted')).toEqual([
      'slots.obj_guid -> accounts.guid',
      'slots.obj_guid -> transactions.guid',
    ])
    expect(found.the('slots.obj_guid -> accounts.guid')).toMatchObject({
      matched: 50,
      orphans: 0,
      kind: 'polymorphic',
    })
  })

  it('are told by whatever column decides', () => {
    const found = foundIn(
      ...parents,
      rows(
        'slots',
        100,
        'n',
        either,
        "CASE n % 2 WHEN 1 THEN 'color' ELSE CASE n % 4 WHEN 0 THEN 'notes' ELSE 'date' END END",
        'n * 7',
      ),
    )
    expect(found.chosen('accepted')).toEqual([
      'slots.obj_guid[name=color] -> accounts.guid',
      'slots.obj_guid[name=date|notes] -> transactions.guid',
    ])
  })

  it('are of one identity where the other holds the same ids', () => {
    const found = foundIn(
      ...parents,
      `CREATE TABLE details(account TEXT PRIMARY KEY REFERENCES accounts); ${rows('details', 100, hash('n'))}`,
      rows('slots', 100, 'n', hash('n'), "'notes'", 'n'),
    )
    expect(found.references.filter(each => each.table === 'slots')).toEqual([])
  })

  it('are left to others where there is one identity only', () => {
    const found = foundIn(...parents, rows('slots', 100, 'n', hash('n'), "'notes'", 'n'))
    expect(found.references).toEqual([])
  })
})

it('finds what is in the acceptance schema of HAZARDS', () => {
  const found = foundIn(
    `CREATE TABLE grp(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE);
     CREATE TABLE "it em"([select] TEXT PRIMARY KEY, g INT);
     CREATE TABLE note(owner_type TEXT, owner_id, body TEXT, ids TEXT);`,
    rows('grp', 50, 'n', "'group ' || n"),
    rows('"it em"', 50, `'k' || substr(upper(${hash('n')}), 1, 8)`, 'n'),
    rows(
      'note',
      60,
      "CASE n % 2 WHEN 0 THEN 'grp' ELSE 'it em' END",
      `CASE n % 2 WHEN 0 THEN n % 50 + 1 ELSE 'k' || substr(upper(${hash('n % 50 + 1')}), 1, 8) END`,
      "'body'",
      "CASE WHEN n % 4 = 0 THEN json_array(n % 50, n % 49 + 1) ELSE '[]' END",
    ),
  )
  expect(found.chosen('accepted')).toEqual([
    "note.owner_id[owner_type='it em'] -> it em.select",
    'note.owner_id[owner_type=grp] -> grp.id',
  ])
})

it('finds ids in the users and teams of Session-Buddy', () => {
  const found = foundIn(
    `CREATE TABLE users(user_id TEXT PRIMARY KEY, username TEXT UNIQUE, teams TEXT, permissions TEXT);
     CREATE TABLE teams(team_id TEXT PRIMARY KEY, name TEXT, owner_id TEXT REFERENCES users, members TEXT);
     CREATE TABLE access_logs(id INTEGER PRIMARY KEY, user_id TEXT, action TEXT, resource_id TEXT, resource_type TEXT, details TEXT);`,
    rows(
      'users',
      60,
      hash('n'),
      "'user' || n",
      `json_array(${hash('n % 20 + 900')})`,
      "json_array('read', 'write')",
    ),
    rows(
      'teams',
      20,
      hash('n + 900'),
      "'team ' || n",
      hash('n'),
      `json_array(${hash('n')}, ${hash('n + 20')})`,
    ),
    rows(
      'access_logs',
      100,
      'n',
      hash('n % 60 + 1'),
      "'view'",
      `CASE n % 3 WHEN 0 THEN ${hash('n % 60 + 1')} WHEN 1 THEN ${hash('n % 20 + 901')} END`,
      "CASE n % 3 WHEN 0 THEN 'user' WHEN 1 THEN 'team' ELSE 'search' END",
      `json_object('team_id', ${hash('n % 20 + 901')}, 'ip', '10.0.0.' || n)`,
    ),
  )
  expect(found.chosen('accepted')).toEqual([
    'access_logs.details:$.team_id -> teams.team_id',
    'access_logs.resource_id[resource_type=team] -> teams.team_id',
    'access_logs.resource_id[resource_type=user] -> users.user_id',
    'teams.members:$[*] -> users.user_id',
    'users.teams:$[*] -> teams.team_id',
  ])
  expect(found.findings).toEqual([])
})
