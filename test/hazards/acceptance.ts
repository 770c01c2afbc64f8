/**
 * The acceptance schema (HAZARDS 0) whole, with rows of every nasty kind: a last AUTOINCREMENT row that is gone, orphans,
 * NULLs, sentinels, blobs, an integer over 2^53, invalid UTF-8, NUL in text, and '01' for 1 where no type converts it.
 */
import { acceptanceSchema } from '../core/schema/acceptance-schema.ts'
import { place, uuid } from './support.ts'

const objects = `
CREATE VIEW broken AS SELECT nope FROM nowhere; -- broken before, must stay so
CREATE TRIGGER grp_ai AFTER INSERT ON grp BEGIN INSERT INTO grp_fts(rowid, name) VALUES(new.id, new.name); END;
CREATE TRIGGER grp_ad AFTER DELETE ON grp BEGIN
  INSERT INTO grp_fts(grp_fts, rowid, name) VALUES('delete', old.id, old.name); END;
CREATE TRIGGER item_au AFTER UPDATE OF g ON "it em" BEGIN UPDATE grp SET name = name||'*' WHERE id = new.g; END;
CREATE TRIGGER v_io INSTEAD OF INSERT ON v BEGIN INSERT INTO grp(name) VALUES('via view'); END;
`

const rows = `
INSERT INTO grp(id, name, parent) VALUES(1, 'root', NULL), (2, 'Child', 1), (3, NULL, 77), (9007199254740993, CAST(x'ff41' AS TEXT), 2),
  (9007199254740994, 'nul' || char(0) || 'inside', 9007199254740993), (9007199254740999, 'gone', 1);
DELETE FROM grp WHERE name = 'gone';
INSERT INTO "it em" VALUES('${uuid(1)}', 1, '{"a": [1, 2]}', x'00ff'), ('${uuid(2)}', '01', 'null', NULL), ('${uuid(3)}', 0, '1', CAST(x'ff41' AS TEXT)),
  (NULL, -1, '[]', 'nul' || char(0) || 'inside'), ('nul' || char(0) || 'one', 2, NULL, 1.5), ('nul' || char(0) || 'two', NULL, '0', -0.0),
  (CAST(x'ff' AS TEXT), 99, '""', 9007199254740993), (CAST(x'fe' AS TEXT), 9007199254740993, '2', 9e999),
  ('${uuid(4)}', 9007199254740994, '3', NULL), ('${uuid(5)}', 2, '4', NULL), ('${uuid(6)}', 2, '5', ''), ('${uuid(7)}', 2, '6', x''), ('${uuid(8)}', 2, '7', 0);
INSERT INTO strict_t(id, any_, r) VALUES(9007199254740993, 9007199254740993, 0.1), (-5, CAST(x'ff41' AS TEXT), -1e300), (7, x'00', 9e999), (0, '01', 0);
INSERT INTO link VALUES(1, '${uuid(1)}', 1), (3, 'nobody', NULL), (99, '${uuid(2)}', 3), (9007199254740993, CAST(x'ff' AS TEXT), 9007199254740993);
INSERT INTO note VALUES('grp', 1, 'a', '[1, 2]'), ('grp', '01', 'b', '[ "01" ]'), ('grp', 0, NULL, ''), (NULL, NULL, '', x'ff'), ('grp', 9007199254740993, 'c', '{"1": 1}'),
  ('grp', 1.0, 'd', NULL), ('lost', 4711, 'e', NULL);
INSERT INTO box VALUES(1, 0.5, 1.5), (2, 10, 20);
`

/** All of it in a file of its own. */
export const acceptancePlace = () => place(acceptanceSchema, objects, rows)
