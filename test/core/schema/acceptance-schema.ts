/** The schema that other tools damage without being asked to change anything (HAZARDS 0). */
export const acceptanceSchema = `
CREATE TABLE grp(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT COLLATE NOCASE UNIQUE, parent INT REFERENCES grp,
  twice INT AS (id*2) STORED, CHECK(grp.id > 0), CONSTRAINT nm CHECK(length(name) < 99));
CREATE INDEX grp_low ON grp(lower(name) COLLATE BINARY DESC) WHERE grp.name IS NOT NULL;
CREATE TABLE "it em"([select] TEXT PRIMARY KEY DEFAULT ('k'||hex(randomblob(4))), \`g\` INT REFERENCES GRP(ID)
  ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED, j TEXT CHECK(json_valid(j)), b BLOB);
CREATE TABLE strict_t(id INTEGER PRIMARY KEY, any_ ANY, r REAL NOT NULL DEFAULT 0, v INT AS (id+1)) STRICT;
CREATE TABLE link(g INT REFERENCES grp ON DELETE SET NULL, k TEXT REFERENCES "it em", ord INT,
  PRIMARY KEY(g, k), UNIQUE(ord)) WITHOUT ROWID;
CREATE TABLE note(owner_type TEXT, owner_id, body TEXT, ids TEXT); -- polymorphic, JSON array of ids
CREATE VIRTUAL TABLE grp_fts USING fts5(name, content='grp', content_rowid='id');
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);
CREATE VIEW v AS SELECT grp.id, count(l.k) n FROM grp LEFT JOIN link l ON l.g = grp.id GROUP BY 1;
`
