/** A CHECK of how long an id is, as DuckDB writes it: `(length(id) = 36)`, or the other way round. A ULID has 26 characters. */

const ofLength = String.raw`\b(?:length|len|strlen)\(`

/** The text with 26 in the place of the length that `column` was to have. */
export function withUlidLength(text: string, column: string): string {
  const name = column.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const call = String.raw`${ofLength}(?:"${name.replaceAll('"', '""')}"|${name})\)`
  return text
    .replaceAll(new RegExp(String.raw`(${call} = )\d+\b`, 'gi'), (_, before: string) => `${before}26`)
    .replaceAll(new RegExp(String.raw`\b\d+( = ${call})`, 'gi'), (_, after: string) => `26${after}`)
}

/** Whether an expression is such a comparison, or has one in it. */
export function checksLength(expression: string): boolean {
  return new RegExp(String.raw`${ofLength}[^()]*\) = \d+|\d+ = ${ofLength}`, 'i').test(expression)
}
