/** The schema on which other tools lose triggers, collations and child rows though nothing was asked of them (HAZARDS 0), filled. */
export const acceptanceDatabase = [
  `CREATE TABLE grp(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE, parent INT REFERENCES grp,
    twice INT AS (id*2) STORED, CHECK(grp.id > 0), CONSTRAINT nm CHECK(length(name) < 99))`,
  'CREATE INDEX grp_low ON grp(lower(name) COLLATE BINARY DESC) WHERE grp.name IS NOT NULL',
  `CREATE TABLE "it em"([select] TEXT PRIMARY KEY DEFAULT ('k'||hex(randomblob(4))), \`g\` INT REFERENCES GRP(ID)
    ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, j TEXT CHECK(json_valid(j)), b BLOB)`,
  'CREATE TABLE strict_t(id INTEGER PRIMARY KEY, any_ ANY, r REAL NOT NULL DEFAULT 0, v INT AS (id+1)) STRICT',
  `CREATE TABLE link(g INT REFERENCES grp ON DELETE SET NULL, k TEXT REFERENCES "it em", ord INT,
    PRIMARY KEY(g, k), UNIQUE(ord)) WITHOUT ROWID`,
  'CREATE TABLE note(owner_type TEXT, owner_id, body TEXT, ids TEXT); -- polymorphic, JSON array of ids',
  "CREATE VIRTUAL TABLE grp_fts USING fts5(name, content='grp', content_rowid='id')",
  'CREATE VIRTUAL TABLE box USING rtree(id, x0, x1)',
  'CREATE VIEW v AS SELECT grp.id, count(l.k) n FROM grp LEFT JOIN link l ON l.g = grp.id GROUP BY 1',
  'CREATE VIEW broken AS SELECT nope FROM nowhere; -- broken before, must stay so',
  'CREATE TRIGGER grp_ai AFTER INSERT ON grp BEGIN INSERT INTO grp_fts(rowid, name) VALUES(new.id, new.name); END',
  `CREATE TRIGGER grp_ad AFTER DELETE ON grp BEGIN
    INSERT INTO grp_fts(grp_fts, rowid, name) VALUES('delete', old.id, old.name); END`,
  `CREATE TRIGGER item_au AFTER UPDATE OF g ON "it em" BEGIN UPDATE grp SET name = name||'*' WHERE id = new.g; END`,
  `CREATE TRIGGER v_io INSTEAD OF INSERT ON v BEGIN INSERT INTO grp(name) VALUES('via view'); END`,
  // The last number given out is gone again: the sequence knows, max(id) does not.
  `INSERT INTO grp(name, parent) VALUES('root', NULL), ('Child', 1), ('lost child', 77), ('gone', 1)`,
  `DELETE FROM grp WHERE name = 'gone'`,
  `INSERT INTO "it em" VALUES('11111111-1234-4abc-8def-111111111111', 1, '{"a": [1, 2]}', x'00ff'), ('22222222-1234-4abc-8def-222222222222', '01', 'null', NULL),
    ('33333333-1234-4abc-8def-333333333333', 0, '1', CAST(x'ff41' AS TEXT)), (NULL, -1, '[]', 'nul' || char(0) || 'inside'), ('44444444-1234-4abc-8def-444444444444', 99, '""', 9007199254740993)`,
  "INSERT INTO strict_t(id, any_, r) VALUES(9007199254740993, 9007199254740993, 0.1), (-5, CAST(x'ff41' AS TEXT), -1e300), (7, x'00', 9e999)",
  `INSERT INTO link VALUES(1, '11111111-1234-4abc-8def-111111111111', 1), (2, 'nobody', NULL), (99, '22222222-1234-4abc-8def-222222222222', 3)`,
  `INSERT INTO note VALUES('grp', 1, 'a', '[1, 2]'), ('item', '11111111-1234-4abc-8def-111111111111', NULL, '["11111111-1234-4abc-8def-111111111111"]'), (NULL, 0, '', '')`,
  'INSERT INTO box VALUES(1, 0.5, 1.5), (2, 10, 20)',
] as const
