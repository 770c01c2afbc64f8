/** The front door of `identifiers`: make ULIDs, say what an id is, and read the time in ids and columns. */
export { idTime } from './id-time.ts'
export { type InspectedId, inspectId } from './inspect-id.ts'
export { KeyedUlids } from './keyed-ulids.ts'
export { kindOf } from './kinds.ts'
export { parseTime, parseZone, type Zone } from './row-time.ts'
export {
  createUlidFactory,
  encodeTime,
  isUlid,
  sqliteUlidExpression,
  ulidsBetween,
  ulidTime,
} from './ulid.ts'
export { type ParsedUlid, parseUlid, uuidToUlid } from './ulid-bits.ts'
