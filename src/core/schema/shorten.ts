/** SQL on one line for a message, cut off where it goes on too long to be read there. */
export function shortenSql(sql: string): string {
  const line = sql.replaceAll(/\s+/g, ' ')
  return line.length > 300 ? `${line.slice(0, 300)} …` : line
}
