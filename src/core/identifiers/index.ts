/** The front door of `identifiers`: make ULIDs, say what an id is, and read the time in ids and columns. */
export type { LetterCase } from './crockford.ts'
export { idTime } from './id-time.ts'
export { type KeyedUlidOptions, KeyedUlids } from './keyed-ulids.ts'
export { kindOf } from './kinds.ts'
export { earliestPlausible, isPlausibleTime, latestPlausible } from './plausible.ts'
export { parseTime, parseZone, type Zone } from './row-time.ts'
export {
  createUlidFactory,
  encodeTime,
  hasPlausibleTime,
  isUlid,
  sqliteUlidExpression,
  ulidTime,
} from './ulid.ts'
