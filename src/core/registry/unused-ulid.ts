import { exitCodes, Refusal } from '../message.ts'

/** More than chance could ever need: two equal ULIDs in a row already say that the source of randomness is broken. */
const attempts = 8

/**
 * A ULID that nobody has.
 *
 * @param take takes one for the thing that wants it, or says who has it
 * @param wanted what it is for, in words
 *
 * Throws a {@link Refusal} `ULID.COLLISION` (exit 1) with both sides after {@link attempts} that were all taken.
 */
export function unusedUlid(
  make: () => string,
  take: (ulid: string) => string | null,
  wanted: string,
): string {
  let ulid = ''
  let holder: string | null = ''
  for (let attempt = 0; attempt < attempts; attempt++) {
    ulid = make()
    holder = take(ulid)
    if (holder === null) return ulid
  }
  throw new Refusal({
    code: 'ULID.COLLISION',
    object: ulid,
    message: `Of ${attempts} new ULIDs each was there already.`,
    why: `The last one is that of ${holder}; it was made for ${wanted}. By chance this does not happen: the source of random numbers repeats itself.`,
    next: 'Nothing was registered. Look at what makes the random numbers of this machine or program, then try again.',
    exit: exitCodes.failed,
  })
}
