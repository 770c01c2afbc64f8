import { quoteText } from '../../schema/names.ts'

/** Values that programs write for "nothing"; they name no row and are kept as they are (HAZARDS B13). */
export const sentinelTexts: ReadonlySet<string> = new Set([
  '',
  '0',
  '-1',
  '00000000-0000-0000-0000-000000000000',
  '00000000000000000000000000000000',
  'null',
  'NULL',
  'None',
])

const sentinels: readonly string[] = [
  ...[...sentinelTexts].map(quoteText),
  "0, -1, x'00000000000000000000000000000000'",
]

/** SQL condition: the value is one of the sentinels, whatever the column's own affinity makes of the comparison. */
export function isSentinel(expression: string): string {
  return `(+${expression} IN (${sentinels.join(', ')}))`
}
