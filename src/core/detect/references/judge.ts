/**
 * How sure it is that a column refers to a key: what its name says is the odds to begin with, and what its values say
 * multiplies them. All tables that a column might refer to compete with each other, and with "to none of them".
 *
 * The factors are shares as they are found in real databases, rounded; `npm run detection` prints how often each
 * confidence is right.
 */

import { surprise } from './gaps.ts'

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
  /** Of the numbers: how many lie between the key's lowest and highest, and the share of their neighbours that the key has. */
  readonly within: number
  readonly near: number
  /** The key begins high above its own extent, as one that counts from 10001: little else lies there. */
  readonly apart: boolean
  /** The column's highest value by the key's. */
  readonly reach: number
  /** The name says that the column counts or measures. */
  readonly isMeasure: boolean
  /** The column is called or indexed as references are, whatever it refers to. */
  readonly looks: boolean
  /** The key is the primary one of its table. */
  readonly primary: boolean
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
  const unnamed = evidence.isMeasure ? 0.002 : numbers ? (evidence.looks ? 0.08 : 0.03) : 0.02
  const before = Math.min(0.97, Math.max(name, unnamed))
  const share = matched + orphans > 0 ? matched / (matched + orphans) : hits / Math.max(1, distinct)
  const whenTrue = likelihood(share)
  const odds = (before / (1 - before)) * (ownKey ? 0.3 : 1)
  if (numbers) {
    const byChance = numbersByChance(evidence)
    const found = odds * (whenTrue / byChance) * reachFactor(evidence)
    // What only fits is shown, never taken.
    if (evidence.isMeasure && name < 0.5) return found * 0.3
    if (name < 0.9 && share < 0.8) return Math.min(found, 3)
    return name === 0 && byChance > 1e-4 ? Math.min(found, 1.5) : found
  }
  if (telling > 0) {
    // Ids made by a machine are never found by chance; but where a name says nothing and most values are something else,
    // it is for the operator to say what they are.
    const found = odds * (whenTrue / 1e-4 ** Math.min(telling, 2))
    return name === 0 && share < 0.8 ? Math.min(found, 3) : found
  }
  const found = odds * (whenTrue / wordsByChance(hits, share))
  // Of words that are mostly something else, it is for the operator to say what they are.
  if (share < 0.5) return Math.min(found, 3)
  if (name < 0.9 && share < 0.9) return Math.min(found, 6)
  return name === 0 && (share < 0.97 || !evidence.primary) ? Math.min(found, 3) : found
}

/**
 * How often a column of numbers that refers to nothing would meet the key so often. Any column of small numbers fits a
 * key without gaps; one that avoids the gaps does not do so by accident. The neighbours of its values tell how many would
 * be met by accident, wherever in the key they lie.
 */
function numbersByChance({ distinct, hits, within, near, apart }: Evidence): number {
  const fits =
    within < distinct ? partly(within / Math.max(1, distinct)) : apart && distinct >= 5 ? 0.03 : 0.25
  return Math.max(1e-9, fits * Math.exp(-within * surprise(hits / Math.max(1, within), near)))
}

/** A few words meet where two columns speak of one thing; many different ones do not. */
function wordsByChance(hits: number, share: number): number {
  return Math.max(3e-4, 0.4 * 0.65 ** hits) * (share === 1 ? 1 : partly(share) / 0.25)
}

/** How often a column that refers to nothing has about such a share of its values in a key. */
export function partly(share: number): number {
  return share >= 0.97 ? 0.04 : share >= 0.8 ? 0.12 : share >= 0.5 ? 0.25 : 0.4
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

/**
 * References use all of a key, and end where it ends; ratings, ports and counts use its beginning, and other numbers end
 * anywhere.
 */
function reachFactor({ distinct, reach, within }: Evidence): number {
  if (distinct < 3 || within === 0) return 1
  const weight = distinct >= 20 ? 1 : distinct >= 5 ? 0.6 : 0.4
  const ends = reach > 0.95 && reach < 1.05
  const factor = ends ? 8 : reach > 2 ? 1 : reach > 0.5 ? 4 : reach > 0.1 ? 0.8 : reach > 0.01 ? 0.25 : 0.1
  return factor ** weight
}

/** From these on a reference is followed unless the operator says no, or shown to choose from, or only named. */
export const thresholds = { accepted: 0.9, offered: 0.25, mentioned: 0.08 } as const

export function choiceOf(confidence: number): 'accepted' | 'offered' | 'mentioned' | null {
  if (confidence >= thresholds.accepted) return 'accepted'
  if (confidence >= thresholds.offered) return 'offered'
  return confidence >= thresholds.mentioned ? 'mentioned' : null
}
