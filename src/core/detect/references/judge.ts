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
  /** The name says that the column counts or measures. */
  readonly isMeasure: boolean
  /** Another column says what the row is that is meant. */
  readonly hasType: boolean
  /** The column is the key of its own table. */
  readonly ownKey: boolean
}

/** Odds for the reference, against a column of that name and type that refers to nothing. */
export function oddsOf(evidence: Evidence): number {
  const odds = plainOdds(evidence)
  return evidence.hasType && evidence.name < 0.9 ? Math.min(odds, 2) : odds
}

function plainOdds(evidence: Evidence): number {
  const { name, distinct, hits, matched, orphans, telling, numbers, ownKey } = evidence
  if (hits === 0 && matched === 0) return 0
  const before = Math.min(0.97, Math.max(name, evidence.isMeasure ? 0.002 : numbers ? 0.03 : 0.02))
  const share = matched + orphans > 0 ? matched / (matched + orphans) : hits / Math.max(1, distinct)
  const whenTrue = likelihood(share)
  const odds = before / (1 - before)
  const own = ownKey ? 0.3 : 1
  if (numbers) {
    // Any column of small numbers fits a key without gaps.
    const byChance =
      share === 1 ? Math.max(1e-4, 0.25 * evidence.density ** Math.min(distinct, 40)) : partly(share)
    const found = odds * own * (whenTrue / byChance) * reachFactor(evidence)
    // What only fits is shown, never taken.
    if (evidence.isMeasure && name < 0.5) return found * 0.3
    return name === 0 && evidence.density > 0.01 ? Math.min(found, 1.5) : found
  }
  if (telling > 0) {
    // Ids made by a machine are never found by chance; but where a name says nothing and most values are something else,
    // it is for the operator to say what they are.
    const found = odds * own * (whenTrue / 1e-4 ** Math.min(telling, 2))
    return name === 0 && share < 0.8 ? Math.min(found, 3) : found
  }
  // A few words meet where two columns speak of one thing; many different ones, without exception, do not.
  const byChance =
    share < 1
      ? partly(share)
      : distinct >= 30
        ? 0.002
        : distinct >= 10
          ? 0.02
          : distinct >= 5
            ? 0.05
            : distinct >= 3
              ? 0.15
              : 0.3
  return odds * own * (whenTrue / byChance)
}

/** How often a column that refers to nothing has about such a share of its values in a key. */
function partly(share: number): number {
  return share >= 0.97 ? 0.04 : share >= 0.8 ? 0.2 : share >= 0.5 ? 0.25 : 0.4
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
