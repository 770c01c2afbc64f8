import type { Schema, SchemaObject, Table } from '../schema/model.ts'
import { quoteName as q, sameName } from '../schema/names.ts'

/** An index of ours over one column, under a name that is free. */
export function indexOn(schema: Schema, table: Table, column: string, unique: boolean): SchemaObject {
  const taken = (name: string) => schema.objects.some(object => sameName(object.name, name))
  const plain = `${table.name}_${column}`
  const name = [plain, ...Array.from({ length: 99 }, (_, n) => `${plain}_${n + 2}`)].find(
    each => !taken(each),
  )!
  return {
    type: 'index',
    name,
    table: table.name,
    sql: `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${q(name)} ON ${q(table.name)}(${q(column)})`,
  }
}
