/** Tables that SQLite accepts and that readers of CREATE TABLE stumble over. Each is created with all before it. */
export const nastyTables: Readonly<Record<string, string>> = {
  'columns without types': 'CREATE TABLE bare(a, b, c)',
  'a single column': 'CREATE TABLE one(x)',
  'types of several words and with numbers':
    'CREATE TABLE types(a UNSIGNED BIG INT, b VARCHAR ( 10 ), c DECIMAL(10,-2) NOT NULL, d NATIVE CHARACTER(70), e DOUBLE PRECISION)',
  'types in quotes': `CREATE TABLE quoted_types(a "my type", b [other type](3), c 'text', d \`x\` NOT NULL)`,
  'names of every kind': `CREATE TABLE "a ""b"" (c), d"([x y], "it's", \`back\`\`tick\`, 'string', "[", "]", "🙂 naïve", größe TEXT, "", "--", "/*")`,
  'keywords as names, quoted': `CREATE TABLE "table"("select" INT, [from] TEXT, \`primary\` INT PRIMARY KEY, "check", "constraint" REFERENCES "table")`,
  'keywords as names, bare':
    'CREATE TABLE abort(key INTEGER PRIMARY KEY, action TEXT, end, desc INT, "asc", no, of, like, match, rowid, replace TEXT DEFAULT x, generated, always INT, first)',
  'comments everywhere': `CREATE TABLE /* , ( */ remarks -- ) the table
( -- open (
  a /* , */ INT -- it's "a"
  /* b TEXT, */ NOT -- half
  NULL, -- comma, comma
  -- c INT,
  b/**/TEXT/**/DEFAULT/* ' */'x -- y'/**/, /* CONSTRAINT */ CONSTRAINT /* nameless */ k /* ( */ CHECK -- )
  ( a > 0 /* ) */ ) -- last
) -- after
/* end */`,
  'defaults of every kind': `CREATE TABLE defaults(a DEFAULT -1, b DEFAULT +2.5e3, c DEFAULT 'it''s', d DEFAULT x'00', e DEFAULT NULL,
    f DEFAULT CURRENT_TIMESTAMP, g INT DEFAULT (  1 + (2 * abs(-3)) ) NOT NULL, h DEFAULT true, i DEFAULT - 7, j DEFAULT "word",
    k DEFAULT word, l DEFAULT ('a)b' || "length"('(')), m DEFAULT 0xFF, n DEFAULT 1 DEFAULT 2, o DEFAULT 1_000, p DEFAULT('x')UNIQUE)`,
  'constraints with names, conflicts and no spaces': `CREATE TABLE conflicts([a]INTEGER PRIMARY KEY ASC ON CONFLICT REPLACE AUTOINCREMENT,
    [b]NOT NULL ON CONFLICT IGNORE UNIQUE ON CONFLICT ABORT,c CONSTRAINT "n 1" NOT NULL CONSTRAINT n2 CHECK(c>0)CONSTRAINT n3 DEFAULT 5,
    d NULL ON CONFLICT FAIL, e CONSTRAINT alone, f CONSTRAINT x CONSTRAINT y UNIQUE,"g"INT(3)NOT NULL)`,
  'table constraints without commas': `CREATE TABLE commaless(a INT, b INT, c INT REFERENCES bare(a),
    CONSTRAINT pk PRIMARY KEY(a, b) ON CONFLICT ROLLBACK UNIQUE(b, c) CHECK(a > b) CONSTRAINT f FOREIGN KEY(b) REFERENCES one
    ON DELETE CASCADE CHECK(c <> ')'), CONSTRAINT noop, UNIQUE(c))`,
  'lists with orders, collations and strings': `CREATE TABLE lists(a TEXT, "b c" TEXT, d INT, PRIMARY KEY("b c" COLLATE NOCASE DESC, [A] ASC), UNIQUE('d', a COLLATE binary), UNIQUE((d)))`,
  'a key in the constraints that is the rowid':
    'CREATE TABLE late_key(n TEXT, id integer, PRIMARY KEY(id DESC))',
  'a key with AUTOINCREMENT in the constraints':
    'CREATE TABLE late_auto(id INTEGER, n, PRIMARY KEY(ID AUTOINCREMENT))',
  'INTEGER PRIMARY KEY DESC, which is no rowid': 'CREATE TABLE desc_key(id INTEGER PRIMARY KEY DESC, n)',
  'INT PRIMARY KEY, which is no rowid': 'CREATE TABLE int_key(id INT PRIMARY KEY, n)',
  'actions, matches and deferring': `CREATE TABLE actions(
    a REFERENCES bare ON DELETE SET NULL ON UPDATE SET DEFAULT MATCH FULL NOT DEFERRABLE INITIALLY DEFERRED NOT NULL,
    b REFERENCES "it's"([x y])ON UPDATE NO ACTION ON DELETE RESTRICT DEFERRABLE INITIALLY IMMEDIATE, c REFERENCES bare(a) UNIQUE DEFERRABLE,
    d INT REFERENCES bare REFERENCES one(x), on_ REFERENCES 'bare'(b) MATCH simple,
    FOREIGN KEY(a, b) REFERENCES bare(b, c) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
    FOREIGN KEY("c", d) REFERENCES two_keys NOT DEFERRABLE)`,
  'generated columns': `CREATE TABLE made(a INT, b INT AS (a * 2), c TEXT GENERATED ALWAYS AS (a || ')' ) STORED NOT NULL,
    d AS(a)VIRTUAL, e generated always as (a + 1) virtual, f VARCHAR(9) GENERATED ALWAYS AS (substr('(', a)), g "a b" AS (c) UNIQUE,
    h generated, i always)`,
  'STRICT and WITHOUT ROWID': `CREATE TABLE both(a TEXT, b INTEGER, c ANY DEFAULT 3, d BLOB, PRIMARY KEY(b, a))without rowid , STRICT`,
  'STRICT with a key of text': 'CREATE TABLE strict_text(id TEXT PRIMARY KEY, n INT) STRICT',
  'WITHOUT ROWID over an integer': 'CREATE TABLE flat(id INTEGER PRIMARY KEY, n) WITHOUT /* no */ ROWID',
}
