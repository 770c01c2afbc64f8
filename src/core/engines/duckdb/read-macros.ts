/** Macros, whole: duckdb_functions() has their parameters and bodies, but not what a parameter is when it is left out. */
import { quoteName as q } from '../../schema/names.ts'
import { settledCasts } from './cast-text.ts'
import type { DuckObject } from './catalog.ts'
import type { Store } from './connect.ts'
import { rowsOf } from './rows.ts'
import { inSchema, pieces } from './sql-text.ts'

interface Overload {
  readonly schema: string
  readonly name: string
  readonly kind: 'macro' | 'table_macro'
  readonly comment: string | null
  readonly parameters: readonly string[]
  readonly types: readonly (string | null)[]
  readonly body: string
}

/** The macros of a database, in the order they were made. */
export async function readMacros(store: Store, database: string): Promise<readonly DuckObject[]> {
  const overloads = await rowsOf<Overload>(
    store,
    `SELECT schema_name AS schema, function_name AS name, function_type AS kind, comment, parameters,
            parameter_types AS types, macro_definition AS body
     FROM duckdb_functions()
     WHERE NOT internal AND database_name = $1 AND function_type IN ('macro', 'table_macro')
     ORDER BY function_oid`,
    [database],
  )
  const macros: DuckObject[] = []
  for (const same of byMacro(overloads)) macros.push(await macroOf(store, database, same))
  return macros
}

function byMacro(overloads: readonly Overload[]): readonly (readonly Overload[])[] {
  const groups = new Map<string, Overload[]>()
  for (const each of overloads) {
    const key = JSON.stringify([each.kind, each.schema, each.name])
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()]
}

async function macroOf(store: Store, database: string, overloads: readonly Overload[]): Promise<DuckObject> {
  const [{ schema, name, kind, comment }] = overloads as [Overload]
  const defaults = overloads.some(each => each.parameters.length > 0)
    ? defaultsIn(await candidates(store, database, overloads), overloads)
    : overloads.map(() => [])
  const bodies = overloads.map((each, position) => {
    const parameters = each.parameters.map((parameter, at) =>
      [q(parameter), each.types[at] ? ` ${each.types[at]}` : '', defaults[position]![at] ?? ''].join(''),
    )
    return `(${parameters.join(', ')}) AS ${kind === 'table_macro' ? `TABLE ${each.body}` : each.body}`
  })
  return {
    kind: kind === 'table_macro' ? 'table macro' : 'macro',
    schema,
    name,
    sql: settledCasts(`CREATE MACRO ${inSchema(schema, name)}${bodies.join(', ')};`),
    comment,
    columnComments: [],
  }
}

/** What DuckDB lists when a macro is called with a parameter that it has not: the one place that tells the defaults. */
async function candidates(store: Store, database: string, overloads: readonly Overload[]): Promise<string> {
  const [{ schema, name, kind }] = overloads as [Overload]
  const unknown = `${overloads.flatMap(each => each.parameters).join('')}_` // longer than each of them
  const call = `${q(database)}.${inSchema(schema, name)}(${q(unknown)} := 1)`
  try {
    await store.all(kind === 'macro' ? `SELECT ${call}` : `FROM ${call}`)
  } catch (error) {
    // A binder error leaves a transaction as it is (HAZARDS F5).
    const said = (error as Error).message
    const list = said.indexOf('Candidate macros:')
    if (list >= 0) return said.slice(list)
    throw error
  }
  throw new Error(`The macro ${name} took a parameter that it has not.`)
}

/** ` := 5` for each parameter that has a default. Names are not in quotes there, so they are looked for in order. */
function defaultsIn(text: string, overloads: readonly Overload[]): readonly (readonly string[])[] {
  let at = 0
  const skip = (part: string) => {
    at = text.indexOf(part, at) + part.length
  }
  return overloads.map(({ name, parameters, types }) => {
    skip(`\n\t${name}(`)
    return parameters.map((parameter, position) => {
      skip(parameter)
      skip(types[position] ?? '')
      const rest = text.slice(at)
      const value = rest.startsWith(' := ') ? rest.slice(0, endOfValue(rest)) : ''
      at += value.length
      return value
    })
  })
}

/** Where the comma or the bracket is that ends the value of a parameter. */
function endOfValue(text: string): number | undefined {
  return pieces(text).find(piece => piece.depth < 0 || (piece.depth === 0 && piece.text === ','))?.start
}
