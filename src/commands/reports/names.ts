/** Names of places, quoted as in SQL where needed, so that they can be pasted into a flag. */

function name(text: string): string {
  return /^[A-Za-z_]\w*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}

export function place(table: string, column: string): string {
  return `${name(table)}.${name(column)}`
}
