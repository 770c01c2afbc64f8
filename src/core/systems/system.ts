/** What is known of an application whose ids are to become ULIDs: where its data is, its source, its commands. */

/** A program to run, never by a shell. */
export interface Command {
  readonly argv: readonly string[]
  /** Added to the environment of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Working folder, from the system's folder; that itself where nothing is said. */
  readonly folder?: string | undefined
  /** Seconds that it may take. */
  readonly limit?: number | undefined
}

/** How a system makes its own tables. */
export interface Initialization extends Command {
  /** Tables that must be there and stay the same before the system counts as initialized. */
  readonly expect: readonly string[]
  /** Seconds that tables must stay as they are. */
  readonly settle?: number | undefined
  /** Seconds between asking it to end and ending it. */
  readonly grace?: number | undefined
}

/** What a new ULID is made with in the system's own language. */
export interface Generator {
  readonly module: string
  readonly name: string
}

/** A place where a database of the system may lie. */
export interface Place {
  /** Absolute. */
  readonly path: string
  /** What it holds, in a few words; empty where nothing is known of it. */
  readonly what: string
  readonly there: boolean
}

export interface System {
  readonly name: string
  readonly title: string
  /** Its source tree, absolute; null where none was found or named. */
  readonly folder: string | null
  /** Where the source tree was looked for. */
  readonly folders: readonly string[]
  /** Where its databases were looked for. */
  readonly places: readonly Place[]
  /** It may well have no database at all: what there is to do is then in its source code. */
  readonly inMemory: boolean
  /** The schema that can be made for it, by its name among the known ones. */
  readonly schema: string | null
  readonly initialize: Initialization | null
  /** Files and folders of source code, from its folder. */
  readonly sources: readonly string[]
  readonly generator: Generator
  /** The interpreter that runs its code. */
  readonly interpreter: readonly string[]
  readonly test: Command | null
  /** Queries whose time is compared before and after a migration, by their names. */
  readonly queries: Readonly<Record<string, string>>
}
