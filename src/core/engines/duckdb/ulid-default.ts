/**
 * The ULID that DuckDB makes for a new row: an expression for `DEFAULT (...)`, nothing to register. A default can hold
 * no subquery, and a macro would be written behind its table by EXPORT DATABASE, so that IMPORT fails (HAZARDS R5).
 *
 * The time is `now()`: when the transaction began, as in a `created_at DEFAULT now()` beside it.
 *
 * The 80 random bits come in four parts. Every `random()` has a generator of its own, which each statement seeds anew
 * (older versions with 32 bits), and no two parts share one; 20 bits of each are less than the 32 that it surely has.
 * `uuid()` would be no better: it is made of the same generator, and follows setseed() as well.
 */

/** to_base() writes 0 to 9 and A to V. */
const theirs = 'IJKLMNOPQRSTUV'
const crockford = 'JKMNPQRSTVWXYZ'

/** An expression that is a new canonical ULID for every row; its functions are in DuckDB since 0.9. */
export function ulidDefault(letterCase: 'upper' | 'lower'): string {
  const time = 'to_base(epoch_ms(now()), 32, 10)'
  const fourDigits = 'to_base(CAST(floor(random() * 1048576) AS BIGINT), 32, 4)'
  const digits = [time, ...Array<string>(4).fill(fourDigits)].join(' || ')
  const ulid = `translate(${digits}, '${theirs}', '${crockford}')`
  return letterCase === 'upper' ? ulid : `lower(${ulid})`
}
