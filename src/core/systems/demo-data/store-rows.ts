/**
 * Puts rows into DuckDB in large pieces: single inserts take it a hundred times as long. A piece goes there as one JSON text,
 * and the columns' own types say what becomes of each value.
 */
import type { Store } from '../../engines/duckdb/connect.ts'

/** A blob is written as hex digits; an embedding as the number that it is made from. */
type Cell = string | number | boolean | null | readonly string[]

/** Takes one row: a value for each column, in their order. */
type Put = (...values: readonly Cell[]) => void

export interface StoreRows {
  /** Tables are written in the order in which they are named here: parents come first. */
  into(table: string, columns: readonly string[]): Put
  /** Writes what was put, once it is enough for a piece. To be awaited now and then. */
  settle(): Promise<void>
  /** Writes all that is left. */
  finish(): Promise<void>
}

interface Waiting {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: Cell[][]
}

const enough = 2000

export function storeRows(store: Store): StoreRows {
  const tables: Waiting[] = []
  let waiting = 0
  const finish = async () => {
    for (const table of tables) if (table.rows.length > 0) await insert(store, table)
    waiting = 0
  }
  return {
    into(table, columns) {
      const rows: Cell[][] = []
      tables.push({ table, columns, rows })
      return (...values) => {
        rows.push([...values])
        waiting += 1
      }
    },
    settle: async () => {
      if (waiting >= enough) await finish()
    },
    finish,
  }
}

async function insert(store: Store, { table, columns, rows }: Waiting): Promise<void> {
  const found = await store.all(`SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = $1`, [
    table,
  ])
  const types = new Map(found.map(([name, type]) => [String(name), String(type)]))
  const cells = columns.map(column => cell(column, types.get(column) ?? ''))
  const shape = Object.fromEntries(cells.map(({ column, sent }) => [column, sent]))
  const read = `SELECT unnest(from_json($1, '${JSON.stringify([shape])}')) AS r`
  const into = `INSERT INTO ${table} (${columns.join(', ')})`
  const named = rows.splice(0).map(row => Object.fromEntries(columns.map((column, at) => [column, row[at]])))
  await store.all(`${into} SELECT ${cells.map(each => each.value).join(', ')} FROM (${read})`, [
    JSON.stringify(named),
  ])
}

/** How a value travels in the JSON, and how it becomes one of the column's type. */
function cell(column: string, type: string) {
  const numbers = /^(FLOAT|BIGINT)\[(\d*)\]$/.exec(type)
  if (numbers) {
    const scale = numbers[1] === 'BIGINT' ? '' : ' / 100'
    const spread = embedding(`r.${column}`, Number(numbers[2] || 384), scale)
    return { column, sent: 'BIGINT', value: `${spread}::${type}` }
  }
  if (type === 'VARCHAR[]') return { column, sent: type, value: `r.${column}` }
  const value = type === 'BLOB' ? `unhex(r.${column})` : `r.${column}::${type}`
  return { column, sent: 'VARCHAR', value }
}

/** Numbers from -100 to 100 that a seed decides, by whole numbers alone, so that no two machines differ; none without a seed. */
function embedding(seed: string, length: number, scale: string): string {
  const spread = `((${seed} + 7919 * i) * (i + 104729) % 65521 % 201 - 100)${scale}`
  return `list_transform(CASE WHEN ${seed} IS NOT NULL THEN range(${length}) END, lambda i: ${spread})`
}
