/** What is registered: its shape, what of it is refused, and what it is called in messages. */
import { isUlid } from '../identifiers/index.ts'
import { precondition, type Refusal, usage } from '../message.ts'

/** One system's knowledge of one id. */
export interface Registration {
  /** Upper case, however it was given. */
  readonly ulid: string
  /** Whose it is, as `akosha`. */
  readonly system: string
  /** What it names there, as `entity`. */
  readonly kind: string
  /** The natural key or the id of before; no two of one system and kind are equal. */
  readonly legacy: string | null
  readonly metadata: Readonly<Record<string, unknown>>
}

/** What is registered; a ULID in either letter case. */
export interface NewRegistration extends Pick<Registration, 'system' | 'kind'> {
  readonly ulid: string
  readonly legacy?: string | null
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** What is kept of the metadata; throws a {@link Refusal} for what JSON does not know. */
export function jsonOf(ulid: string, metadata: Registration['metadata']): string {
  try {
    return JSON.stringify(metadata)
  } catch (error) {
    throw usage(
      'REGISTRY.INVALID',
      ulid,
      'The metadata can not be written as JSON.',
      error instanceof Error ? error.message : String(error),
      'Give what JSON knows: texts, numbers, lists and objects.',
    )
  }
}

export function canonical(ulid: string): string {
  return ulid.toUpperCase()
}

/** As it is kept; throws a {@link Refusal} for what is no registration. */
export function checked({ ulid, system, kind, legacy = null, metadata = {} }: NewRegistration): Registration {
  if (!isUlid(ulid))
    throw usage(
      'REGISTRY.NOT_A_ULID',
      ulid,
      'Only ULIDs are registered.',
      '26 digits of Crockford base 32, the first 0 to 7, are one.',
      'See what it is: ulid-migrate ulid --inspect VALUE; for an id of before leave the ULID out, and name it with --legacy',
    )
  if (system === '' || kind === '')
    throw usage(
      'REGISTRY.INVALID',
      ulid,
      'A registration names a system and a kind.',
      `The ${system === '' ? 'system' : 'kind'} is empty.`,
      'ulid-migrate registry add SYSTEM KIND [ULID]',
    )
  return { ulid: canonical(ulid), system, kind, legacy, metadata }
}

/** What is said where something else stands in its place. */
export function conflict(
  wanted: Omit<Registration, 'metadata'>,
  other: Pick<Registration, 'ulid' | 'legacy'>,
): Refusal {
  const there = { ...wanted, ...other }
  return precondition(
    'REGISTRY.CONFLICT',
    wanted.ulid,
    'Something else is registered there, and nothing of this registration was.',
    `There is ${nameOf(there)} as ${there.ulid}; this one is ${nameOf(wanted)} as ${wanted.ulid}.`,
    'One thing has one ULID in a system: ulid-migrate registry find ID shows what is there',
  )
}

export function nameOf({
  system,
  kind,
  legacy = null,
}: {
  readonly system: string
  readonly kind: string
  readonly legacy?: string | null
}): string {
  return `${system} ${kind}${legacy === null ? '' : ` ${JSON.stringify(legacy)}`}`
}
