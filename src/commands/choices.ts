/** The operator's flags as the engine's {@link Choices}: what was not said is absent, so that detection decides. */
import type { Choices } from '../core/index.ts'
import type { ChoosingOptions } from './options.ts'

type Optional<T> = { readonly [K in keyof T]: T[K] | undefined }

function present<T>(values: Optional<T>): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}

export function choicesFrom(options: Partial<ChoosingOptions>): Choices {
  return present<Choices>({
    strategy: options.strategy,
    form: options.form,
    all: options.all,
    only: options.only,
    skip: options.skip,
    references: options.reference,
    noReferences: options.noReference,
    times: options.time,
    ulidColumns: options.ulidColumn,
    generatedAt: options.generatedAt,
    timezone: options.timezone,
    sentinels: options.sentinels,
    case: options.case,
    accept: options.accept,
    seed: options.seed,
    baseTime: options.baseTime,
  })
}
