/** Which identities may be meant at a spot, judged by the sample: what is worth counting. */
import type { Place } from '../../inside/place.ts'
import type { KnownIds } from './known-ids.ts'
import { listOf } from './lists.ts'
import type { Spot } from './spots.ts'
import { numberTemplateOf, type Template, templatesOf } from './templates.ts'
import { type Agreement, agreement, isNamedIn } from './words.ts'

export interface Suspected {
  readonly known: KnownIds
  readonly place: Place
  readonly agrees: Agreement
  readonly several: boolean
  /** Why it should not be taken without being asked for. */
  readonly caution: string | null
  /** The texts that hold ids, in no regular way: there is no place to count at. */
  readonly irregular: readonly string[] | null
}

/** `own` says of an identity whether this column is its own, or is in its table. */
export function suspicionsOf(
  spot: Spot,
  known: readonly KnownIds[],
  own: (known: KnownIds) => 'column' | 'table' | null,
): readonly Suspected[] {
  const texts = spot.values.filter(value => typeof value !== 'bigint')
  return known.flatMap(each => {
    const agrees = agreement(each.key, spot.names)
    const base = { known: each, agrees, several: spot.inArray, caution: null, irregular: null }
    // The whole of a column's value is not inside of it.
    const whole: Suspected[] =
      spot.path !== null && isHeld(each, agrees, spot.values) ? [{ ...base, place: placeOf(spot) }] : []
    if (whole.length > 0 || texts.length === 0) return whole
    // What people number their rows by is no reference to them: INV-0017 is the invoice 17.
    if (own(each) === 'column' || (own(each) === 'table' && each.worth !== 'machine')) return []
    return [...inLists(each, agrees, spot, texts), ...inTexts(each, agrees, spot, texts)]
  })
}

function placeOf({ path }: Spot, pattern?: string): Place {
  return { ...(path === null ? {} : { path }), ...(pattern === undefined ? {} : { pattern }) }
}

/** Whether enough of the values are ids of the identity, or at least look and are called so. */
function isHeld(known: KnownIds, agrees: Agreement, values: readonly (Buffer | bigint)[]): boolean {
  if (values.length === 0 || (known.worth !== 'machine' && agrees === null)) return false
  const fitting = values.filter(value => known.fits(value))
  if (fitting.length === 0) return false
  const hits = fitting.filter(value => known.has(value)).length
  if (known.worth !== 'machine') return hits * 2 >= values.length
  return hits > 0 || (agrees !== null && looksAlike(known, values))
}

function looksAlike({ shapes }: KnownIds, values: readonly (Buffer | bigint)[]): boolean {
  if (shapes.length === 0) return false
  const shape = new RegExp(`^(?:${shapes.map(({ source }) => source).join('|')})$`)
  const alike = values.filter(
    value => typeof value !== 'bigint' && shape.test(value.toString('latin1')),
  ).length
  return alike >= 2 && alike >= values.length * 0.8
}

function inLists(
  known: KnownIds,
  agrees: Agreement,
  spot: Spot,
  texts: readonly Buffer[],
): readonly Suspected[] {
  if (known.worth !== 'machine' && agrees === null) return []
  const list = listOf(known, texts)
  if (list === null || !isHeld(known, agrees, list.items)) return []
  return [
    { known, agrees, several: true, caution: null, irregular: null, place: placeOf(spot, list.pattern) },
  ]
}

function inTexts(
  known: KnownIds,
  agrees: Agreement,
  spot: Spot,
  texts: readonly Buffer[],
): readonly Suspected[] {
  const base = { known, several: false, irregular: null }
  const at = (template: Template): Suspected => ({
    ...base,
    agrees: agrees ?? (isNamedIn(known.key, template.around) ? 'bare' : null),
    place: placeOf(spot, template.pattern),
    caution: cautionFor(template),
  })
  if (known.worth === 'number') {
    const template = numberTemplateOf(known, texts)
    if (template === null || !isNamedIn(known.key, template.around)) return []
    return [{ ...at(template), agrees: 'id', caution: cautionFor(template) ?? 'a number within a text' }]
  }
  if (known.worth !== 'machine') return []
  const { found, irregular } = templatesOf(known, texts)
  // The pattern of a few among many others is a coincidence of wording.
  const others = irregular.length > 0 && irregular.length * 20 > texts.length
  if (others) return [{ ...base, agrees, caution: null, irregular, place: placeOf(spot) }]
  return found.map(at)
}

function cautionFor({ around, plain }: Template): string | null {
  if (!plain) return 'it stands within a sentence'
  return /[/\\]/.test(around) && !/:\/\//.test(around)
    ? 'it is part of a path: what is stored there keeps its name'
    : null
}
