/** Apart from the schema, so that a command without a config file need not load the library that reads one. */
import type { TargetConfig } from './schema.ts'

// A record, since the compiler then misses a key that is not listed.
const all: Readonly<Record<keyof TargetConfig, true>> = {
  strategy: true,
  form: true,
  all: true,
  timezone: true,
  sentinels: true,
  case: true,
  generatedAt: true,
  verificationDays: true,
  wait: true,
  only: true,
  skip: true,
  references: true,
  noReferences: true,
  times: true,
  ulidColumns: true,
  accept: true,
}

/** What may be said of a target, in the order in which it is written down. */
export const targetKeys = Object.keys(all) as readonly (keyof TargetConfig)[]
