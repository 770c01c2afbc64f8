/**
 * How each database of the corpus has to end, by `folder/file` and way of choosing. `accept` names the objects whose
 * findings were read and are right to agree to; the comment above each group says why.
 */
import type { Mode } from './journey.ts'

export interface Case {
  readonly expect: 'migrated' | 'nothing-to-do' | { readonly refused: string }
  readonly accept?: readonly string[]
}

type Cases = Readonly<Record<Mode, Case>>

const migrated: Case = { expect: 'migrated' }
const nothing: Case = { expect: 'nothing-to-do' }

// An expansion changes no id, so there is nothing to agree to.
const always = (one: Case): Cases => ({
  default: one,
  'keep-integer': one,
  pure: one,
  expand: { expect: one.expect },
})
const onlyWithAll: Cases = { default: nothing, 'keep-integer': migrated, pure: migrated, expand: migrated }

// SCHEMA.MOVED: an external-content index that finds its rows by `pk`. Over a text key it would find none (HAZARDS D1);
// it is moved to the integer, which is `legacy_pk` in one form and the rowid in the other, and both stay as they were.
const fullText: Case = { expect: 'migrated', accept: ['searchable_fts'] }

// SCHEMA.GENERATOR: three tables make ids by `DEFAULT ('r'||lower(hex(randomblob(7))))`, which new rows would go on getting.
// SCHEMA.MEANING: the view casts an `id`, but one that its own subquery counts out with ROW_NUMBER(); it reads no id of a
// table, so its rows are the same afterwards.
const pocketbase: Case = {
  expect: 'migrated',
  accept: ['_superusers', '_externalAuths', '_authOrigins', 'numeric_id_view'],
}

// SCHEMA.MOVED: triggers that keep R-Trees by handing them the key of the feature, which has to be a number; it is the
// integer that goes on. They call ST_ functions that no SQLite has, so here they can be read and not run.
// SCHEMA.MEANING: in those that end with 4, `id IN (...)` speaks of the R-Tree's own id, compared with that same integer.
const spatialTables = ['point', 'line', 'polygon', 'geometry'].flatMap(shape => [`${shape}1`, `${shape}2`])
const spatialEvents = ['insert', 'update1', 'update2', 'update3', 'update4', 'delete']
const spatial: Case = {
  expect: 'migrated',
  accept: [...spatialTables, 'non_linear_geometries'].flatMap(table =>
    spatialEvents.map(event => `rtree_${table}_geometry_${event}`),
  ),
}

export const cases: Readonly<Record<string, Cases>> = {
  'bioc/org.testing.sqlite': always(migrated),
  'bioc/sacCer2_txdb.sqlite': always(migrated),
  'chinook/chinook.sqlite': always(migrated),
  'chinook/chinook_autoincrement.sqlite': always(migrated),
  'chrome/History_10': always(migrated),
  'chrome/History_60': always(migrated),
  'datasette-fixtures/fixtures.sqlite': always(fullText),
  'geopackage/rte.gpkg': always(migrated),
  // By default only keys that others refer to are taken, and those of the features are none.
  'geopackage/super.gpkg': {
    default: migrated,
    'keep-integer': spatial,
    pure: spatial,
    expand: migrated,
  },
  'gnucash/complex.gnucash': always(migrated),
  'gnucash/invoices.gnucash': always(migrated),
  'gnucash/scheduled_tx.gnucash': always(migrated),
  'northwind/northwind.sqlite': always(migrated),
  'pocketbase/pocketbase_data.sqlite': always(pocketbase),
  'sakila/sakila.sqlite': always(migrated),

  // Integer keys that nothing refers to: --all takes them.
  'chrome/WebData': onlyWithAll,
  'datasette-fixtures/extra_fts3.sqlite': onlyWithAll,
  'sqlite-edge/giant_row_id.sqlite': onlyWithAll,
  'sqlite-edge/negativepk.sqlite': onlyWithAll,
  'sqlite-edge/zeropk.sqlite': onlyWithAll,

  // Composite keys of words that mean something (`auth_name, code`), which stay.
  'proj/proj.db': always(nothing),
  // No key at all, no rows, or a key of words.
  'sqlite-edge/borked.sqlite': always(nothing),
  'sqlite-edge/emptytype.sqlite': always(nothing),
  'sqlite-edge/fts.sqlite': always(nothing),
  'sqlite-edge/issue44.sqlite': always(nothing),
  'sqlite-edge/mixed_data_numeric.sqlite': always(nothing),
  'sqlite-edge/norowid.sqlite': always(nothing),
  'sqlite-edge/rtree.sqlite': always(nothing),

  // Every type there is, and no column that names rows.
  'duck-edge/attach_all_types.duckdb': always(nothing),
  'duck-edge/index_fk.duckdb': always(migrated),
  'duck-edge/views_092.duckdb': always(nothing),
  'duck-jaffle/jaffle_shop.duckdb': always(migrated),

  'systems/crackerjack-skills.sqlite': onlyWithAll,
  'systems/crackerjack-workflow_checkpoints.sqlite': always(migrated),
  'systems/mahavishnu-learning.duckdb': always(migrated),
}
