/** DuckDB's types as text: `STRUCT(a INTEGER, "b c" VARCHAR[])`, `MAP(VARCHAR, DECIMAL(10,2))`, `FLOAT[3]`. */
import { bracketed, leadingName, pieces, splitAtCommas } from './sql-text.ts'

/** Lists, arrays, structs, maps and unions: whatever holds other values. */
export function isNested(type: string): boolean {
  return type.endsWith(']') || /^(STRUCT|MAP|UNION)\s*\(/i.test(type)
}

/**
 * Rewrites a type from the outside in: where `at` has an answer, that stands there; else it is asked for the parts
 * (elements of lists and arrays, fields of structs, keys and values of maps). With no answers the text stays as it is.
 */
export function mapType(type: string, at: (type: string) => string | null): string {
  const answer = at(type)
  if (answer !== null) return answer
  const open = lastOpening(type)
  if (open !== null) return mapType(type.slice(0, open), at) + type.slice(open)
  const group = bracketed(type)
  const head = group?.before
  if (head === 'MAP')
    return `MAP(${splitAtCommas(group!.inside)
      .map(part => mapType(part, at))
      .join(', ')})`
  if (head === 'STRUCT' || head === 'UNION')
    return `${head}(${splitAtCommas(group!.inside)
      .map(part => mapField(part, at))
      .join(', ')})`
  return type
}

/** Where the brackets begin that make a type a list or an array: `VARCHAR[]`, `FLOAT[3]`. */
function lastOpening(type: string): number | null {
  if (!type.endsWith(']')) return null
  return pieces(type).findLast(piece => piece.text === '[' && piece.depth === 0)?.start ?? null
}

function mapField(field: string, at: (type: string) => string | null): string {
  const name = leadingName(field)
  // A struct without names has only types.
  if (name === null || !name.rest.startsWith(' ')) return mapType(field, at)
  return `${field.slice(0, field.length - name.rest.length)} ${mapType(name.rest.slice(1), at)}`
}

/** A type of the database's own, as tables can name it, and what it stands for. */
export interface OwnType {
  readonly schema: string
  /** As SQL, in quotes where it needs them. */
  readonly spelled: string
  readonly definition: string
}

/**
 * The type with the names of the database's own types in it. DuckDB keeps only what they stand for, so a type that is
 * written out in full and is the same gets the name too; nothing differs between the two (HAZARDS F4).
 */
export function withOwnTypes(type: string, own: readonly OwnType[], schema: string): string {
  return mapType(type, part => {
    const same = own.filter(each => each.definition === part)
    return (same.find(each => each.schema === schema) ?? same[0])?.spelled ?? null
  })
}
