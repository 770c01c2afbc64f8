/** Two texts, line by line: what stays, what goes, what comes. */
export interface DiffLine {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The longest common lines stay; of what differs in one place, the old comes first. */
export function textDiff(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const common = commonLengths(before, after)
  const lines: DiffLine[] = []
  let [old, now] = [0, 0]
  while (old < before.length || now < after.length) {
    if (old < before.length && now < after.length && before[old] === after[now]) {
      lines.push({ sign: ' ', text: before[old]! })
      old += 1
      now += 1
    } else if (
      now === after.length ||
      (old < before.length && common[old + 1]![now]! >= common[old]![now + 1]!)
    ) {
      lines.push({ sign: '-', text: before[old]! })
      old += 1
    } else {
      lines.push({ sign: '+', text: after[now]! })
      now += 1
    }
  }
  return lines
}

/** How many lines the rests of both have in common, from each pair of positions on. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0))
  for (let old = before.length - 1; old >= 0; old -= 1)
    for (let now = after.length - 1; now >= 0; now -= 1)
      lengths[old]![now] =
        before[old] === after[now]
          ? lengths[old + 1]![now + 1]! + 1
          : Math.max(lengths[old + 1]![now]!, lengths[old]![now + 1]!)
  return lengths
}
