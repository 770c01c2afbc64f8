/** The codes a database may rightly be refused with; docs/refusals.md explains each. */
import { refusals } from '../../src/core/detect/refusals.ts'

/** Blockers that end when an operator agrees to the object they name. */
export const consentable: readonly string[] = [
  'SCHEMA.MOVED',
  'SCHEMA.GENERATOR',
  'SCHEMA.ID_CHECK',
  'SCHEMA.MEANING',
  'CONTRACT.REFERENCE_LEFT',
  'CONTRACT.MAY_READ',
  'REFERENCE.SPELLED_OTHERWISE',
]

/** What only opening the file, or changing its rows, can tell. */
const ofTheFile: readonly string[] = [
  'TARGET.DUCKDB_VERSION',
  'TARGET.NOT_A_DATABASE',
  'TARGET.CORRUPT',
  'DATA.CONSTRAINT',
]

export const knownCodes: readonly string[] = [...refusals, ...consentable, ...ofTheFile]
