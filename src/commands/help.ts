/** The words of --help that commander does not make from flags and arguments, and how wide all of it is. */

/** What a line for the shell does, and the line. Without words it goes on from the one before. */
export type Example = readonly [does: string, line: string]

const widest = 100

/** The part that help begins with: lines to copy, each below what it does. */
export function examples(...given: readonly Example[]): string {
  const lines = given.flatMap(([does, line]) => [...(does === '' ? [] : [`  # ${does}`]), `  ${line}`])
  return `Examples:\n${lines.join('\n')}\n`
}

/** @param columns of the terminal; undefined where there is none */
export function helpWidth(columns: number | undefined): number {
  return Math.min(columns ?? 80, widest)
}
