/**
 * A CHECK of how long an id is, as DuckDB writes it: `(length(id) = 36)`, or the other way round, or over the text of an id
 * that is none. A ULID has 26 characters.
 */

const ofLength = String.raw`\b(?:length|len|strlen)\(`

/** The text with 26 in the place of the length that `column` was to have. */
export function withUlidLength(text: string, column: string): string {
  const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const id = `(?:"${name.replaceAll('"', '""')}"|${name})`
  const call = String.raw`${ofLength}(?:${id}|CAST\(${id} AS VARCHAR\))\)`
  return text
    .replaceAll(new RegExp(String.raw`(${call} = )\d+\b`, 'gi'), (_, before: string) => `${before}26`)
    .replaceAll(new RegExp(String.raw`\b\d+( = ${call})`, 'gi'), (_, after: string) => `26${after}`)
}

/** Whether an expression is such a comparison, or has one in it. */
export function checksLength(expression: string): boolean {
  const call = String.raw`${ofLength}(?:[^()]*|CAST\([^()]*\))\)`
  return new RegExp(String.raw`${call} = \d+|\d+ = ${ofLength}`, 'i').test(expression)
}
