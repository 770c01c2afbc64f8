/** What has no database of its own, and was registered: entities of systems that keep them in memory, or of users. */
import type { ShortCell } from '../documents.ts'
import type { TimeWindow } from './near.ts'

export interface RegisteredRow {
  /** Path of the registry. */
  readonly target: string
  readonly system: string
  /** What is registered: the type of reference. */
  readonly kind: string
  readonly ulid: string
  readonly inShort: readonly ShortCell[]
}

/** What is registered under one of these ULIDs (in upper case), and all that lies in the window, where there is one. */
export type Registered = (ids: readonly string[], window: TimeWindow | null) => readonly RegisteredRow[]

/** Where no registry is. */
export const nothingRegistered: Registered = () => []
