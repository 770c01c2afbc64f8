/**
 * How sure it is that a column refers to a key: what its name says is the odds to begin with, and what its values say
 * multiplies them. All tables that a column might refer to compete with each other, and with "to none of them".
 *
 * The factors are shares as they are found in real databases, rounded; `npm run detection` prints how often each
 * confidence is right.
 */

export interface Evidence {
  /** See name-evidence.ts. */
  readonly name: number
  /** Of the values that stand for something: how many name a row, in the sample (different values) and, once counted, in all rows. */
  readonly distinct: number
  readonly hits: number
  readonly matched: number
  readonly orphans: number
  /** Different hits of ids that a machine made: no accident makes them meet. */
  readonly telling: number
  /** Both the key and the column hold whole numbers. */
  readonly numbers: boolean
  /** Share of the whole numbers between the column's lowest and highest value that the key has. */
  readonly density: number
  /** The column's highest value by the key's. */
  readonly reach: number
  /** The column is the key of its own table. */
  readonly ownKey: boolean
}

/** Odds for the reference, against a column of that name and type that refers to nothing. */
export function oddsOf(evidence: Evidence): number {
  const { name, distinct, hits, matched, orphans, telling, numbers, ownKey } = evidence
  if (hits === 0 && matched === 0) return 0
  const before = Math.min(0.97, Math.max(name, numbers ? 0.002 : 0.02))
  const share = matched + orphans > 0 ? matched / (matched + orphans) : hits / Math.max(1, distinct)
  const whenTrue = likelihood(share)
  const odds = before / (1 - before)
  const own = ownKey ? 0.3 : 1
  if (numbers) {
    // Any column of small numbers fits a key without gaps.
    const fits = Math.max(1e-4, 0.35 * evidence.density ** Math.min(distinct, 40))
    const byChance = share === 1 ? fits : share < 0.5 ? 0.45 : 0.3
    return odds * own * (whenTrue / byChance) * reachFactor(evidence)
  }
  if (telling > 0) {
    // Ids made by a machine are never found by chance; but where a name says nothing and most values are something else,
    // it is for the operator to say what they are.
    const found = odds * own * (whenTrue / 1e-4 ** Math.min(telling, 2))
    return name === 0 && share < 0.8 ? Math.min(found, 3) : found
  }
  // Words meet where two columns speak of one thing, and need not refer to each other.
  const byChance = share < 1 ? 0.25 : distinct >= 5 ? 0.05 : distinct >= 3 ? 0.15 : 0.3
  return odds * own * (whenTrue / byChance)
}

/** How often a true reference has such a share of values that name a row: real data is full of orphans. */
export function likelihood(share: number): number {
  if (share === 1) return 0.8
  if (share >= 0.97) return 0.12
  if (share >= 0.8) return 0.05
  if (share >= 0.5) return 0.02
  if (share >= 0.05) return 0.012
  return 0.006
}

/** References use all of a key, from the first row to the last; ratings, ports and counts only its beginning. */
function reachFactor({ distinct, reach, density }: Evidence): number {
  if (distinct < 3 || density === 0) return 1
  const weight = distinct >= 20 ? 1 : distinct >= 5 ? 0.6 : 0.4
  const factor = reach > 0.5 ? 4 : reach > 0.1 ? 0.8 : reach > 0.01 ? 0.25 : 0.1
  return factor ** weight
}

/** From these on a reference is followed unless the operator says no, or shown to choose from, or only named. */
export const thresholds = { accepted: 0.9, offered: 0.25, mentioned: 0.08 } as const

export function choiceOf(confidence: number): 'accepted' | 'offered' | 'mentioned' | null {
  if (confidence >= thresholds.accepted) return 'accepted'
  if (confidence >= thresholds.offered) return 'offered'
  return confidence >= thresholds.mentioned ? 'mentioned' : null
}
