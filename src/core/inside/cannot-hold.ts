import type { Table } from '../schema/model.ts'
import { sameName } from '../schema/names.ts'

/** Why no value of the column can be given ULIDs inside; null where it can. */
export function cannotHold(table: Table, column: string): string | null {
  const found = table.columns.find(each => sameName(each.name, column))
  if (found && found.generated !== 'no')
    return 'It is a generated column: its values follow those of the columns that it is made from.'
  if (table.rowidAlias !== null && sameName(table.rowidAlias, column))
    return 'It is the number of its row, which can not hold text.'
  if (table.withoutRowid && table.primaryKey.some(name => sameName(name, column)))
    return 'It is part of a key without row numbers: nothing else names its rows, so nobody could prove which row became which.'
  return null
}
