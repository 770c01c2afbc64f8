/** The choices that hold for a whole target, one by one: what each is now, what that means, and what comes after it. */
import type { Choices, DetectedTarget } from '../core/index.ts'

export interface TargetChoice {
  readonly name: string
  readonly value: string
  readonly means: string
  /** All choices, with the next value of this one. */
  readonly next: Choices
}

type Value<K extends keyof Choices> = readonly [value: NonNullable<Choices[K]>, means: string]

const strategies: readonly Value<'strategy'>[] = [
  ['replace', 'now, while nobody writes, in one transaction: the columns hold ULIDs afterwards'],
  [
    'expand',
    'a ULID column beside each id, filled while other programs go on; contract finishes it, any time later',
  ],
]

const forms: readonly Value<'form'>[] = [
  ['keep-integer', 'integer keys go on beside their ULIDs, as legacy_<column>'],
  ['pure', 'integer keys are given up: the ULID is the key, and the integers stay in the map alone'],
]

const cases: readonly Value<'case'>[] = [
  ['upper', 'ULIDs in upper case, as their specification writes them'],
  ['lower', 'ULIDs in lower case, for programs whose checks want that'],
]

const sentinels: readonly Value<'sentinels'>[] = [
  ['keep', "0, -1, '' and the like that name no row stay as they are"],
  ['null', "0, -1, '' and the like that name no row become NULL"],
  ['refuse', "0, -1, '' and the like that name no row stop the migration"],
]

const here = Intl.DateTimeFormat().resolvedOptions().timeZone

/** @param given the choices that the wizard was opened with: their time zone stays within reach */
export function targetChoices(
  choices: Choices,
  given: Choices,
  document: DetectedTarget,
): readonly TargetChoice[] {
  const replaces = (choices.strategy ?? 'replace') === 'replace'
  const hasForm = replaces && document.identities.some(each => each.migrate && each.integerKey)
  const zones = [...new Set([given.timezone ?? 'UTC', 'UTC', here])]
  const zoned = zones.map(
    (zone): Value<'timezone'> => [zone, `times that name no zone are read as those of ${zone}`],
  )
  return [
    choice(choices, 'strategy', 'strategy', strategies),
    ...(hasForm ? [choice(choices, 'integer keys', 'form', forms)] : []),
    choice(choices, 'letters', 'case', cases),
    choice(choices, 'sentinels', 'sentinels', sentinels),
    choice(choices, 'time zone', 'timezone', zoned),
  ]
}

/** The first value is what holds where nothing is said. */
function choice<K extends keyof Choices & ('strategy' | 'form' | 'case' | 'sentinels' | 'timezone')>(
  choices: Choices,
  name: string,
  key: K,
  values: readonly Value<K>[],
): TargetChoice {
  const at = Math.max(
    0,
    values.findIndex(([value]) => value === choices[key]),
  )
  const [value, means] = values[at]!
  return { name, value, means, next: { ...choices, [key]: values[(at + 1) % values.length]![0] } }
}

/** The other strategy. */
export function switchStrategy(choices: Choices): Choices {
  return { ...choices, strategy: choices.strategy === 'expand' ? 'replace' : 'expand' }
}
