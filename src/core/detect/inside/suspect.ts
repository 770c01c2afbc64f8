/** Which identities may be meant at a spot, judged by the sample: what is worth counting. */
import type { Place } from '../../inside/place.ts'
import { avoidsGaps } from './avoids-gaps.ts'
import type { KnownIds } from './known-ids.ts'
import { isListOf, listsIn, type TextList } from './lists.ts'
import { type Segment, segmentsIn } from './segments.ts'
import { wholly } from './shapes.ts'
import type { Spot } from './spots.ts'
import { type NumberedTexts, numbersIn, type Template, templatesOf } from './templates.ts'
import { type Agreement, agreement, isNamedIn, namesExactly } from './words.ts'

export interface Suspected {
  readonly known: KnownIds
  readonly place: Place
  readonly agrees: Agreement
  /** Whether the name is that of the identity and of no other. */
  readonly exactly: boolean
  readonly several: boolean
  /** Whether they are numbers that avoid the gaps of the identity: that is no accident. */
  readonly byGaps: boolean
  /** Whether most of what stands there is written as its ids are. */
  readonly alike: boolean
  /** Why it should not be taken without being asked for. */
  readonly caution: string | null
  /** The texts that hold ids, in no regular way: there is no place to count at. */
  readonly irregular: readonly string[] | null
}

/** Whether the column is the identity's own, or in its table, or repeats in each row the row's own id. */
export type Ownership = 'column' | 'table' | 'row'

export function suspicionsOf(
  spot: Spot,
  known: readonly KnownIds[],
  own: (known: KnownIds) => Ownership | null,
): readonly Suspected[] {
  const texts = spot.values.filter(value => typeof value !== 'bigint')
  const lists = listsIn(texts)
  const numbered = known.some(({ worth }) => worth === 'number') ? numbersIn(texts) : []
  const segments = segmentsIn(texts)
  return known.flatMap(each => {
    const owned = own(each)
    const agrees = owned === 'row' ? 'id' : agreement(each.key, spot.names)
    const exactly = owned === 'row' || namesExactly(each.key, spot.names)
    const byGaps = spot.path !== null && avoidsGaps(each, spot.values)
    const base = {
      known: each,
      agrees,
      exactly,
      several: spot.inArray,
      byGaps,
      alike: spot.values.filter(value => each.fits(value)).length * 2 >= spot.values.length,
      caution: null,
      irregular: null,
    }
    // The whole of a column's value is not inside of it.
    const whole: Suspected[] =
      spot.path !== null && isHeld(each, agrees, byGaps, spot.values)
        ? [{ ...base, place: placeOf(spot) }]
        : []
    if (whole.length > 0 || texts.length === 0 || owned === 'column') return whole
    const listed = inLists(each, agrees, spot, lists)
    // What people number their rows by is no reference to them: INV-0017 is the invoice 17.
    if (owned === 'table' && each.worth !== 'machine') return listed
    return [...listed, ...inTexts(each, agrees, spot, texts, numbered), ...inSegments(each, spot, segments)]
  })
}

function placeOf({ path }: Spot, pattern?: string): Place {
  return { ...(path === null ? {} : { path }), ...(pattern === undefined ? {} : { pattern }) }
}

/** Whether enough of the values are ids of the identity, or at least look and are called so. */
function isHeld(
  known: KnownIds,
  agrees: Agreement,
  byGaps: boolean,
  values: readonly (Buffer | bigint)[],
): boolean {
  if (values.length === 0 || (known.worth !== 'machine' && agrees === null && !byGaps)) return false
  const fitting = values.filter(value => known.fits(value))
  if (fitting.length === 0) return false
  if (known.worth !== 'machine') return fitting.filter(value => known.has(value)).length * 2 >= values.length
  return fitting.some(value => known.has(value)) || (agrees !== null && looksAlike(known, values))
}

function looksAlike({ shapes }: KnownIds, values: readonly (Buffer | bigint)[]): boolean {
  if (shapes.length === 0) return false
  const shape = wholly(shapes)
  const alike = values.filter(
    value => typeof value !== 'bigint' && shape.test(value.toString('latin1')),
  ).length
  return alike >= 2 && alike >= values.length * 0.8
}

function inLists(
  known: KnownIds,
  agrees: Agreement,
  spot: Spot,
  lists: readonly TextList[],
): readonly Suspected[] {
  const list = lists.find(each => isListOf(known, each))
  if (list === undefined) return []
  const byGaps = avoidsGaps(known, list.items)
  if (!isHeld(known, agrees, byGaps, list.items)) return []
  return [
    {
      known,
      agrees,
      exactly: namesExactly(known.key, spot.names),
      several: true,
      byGaps,
      alike: true,
      caution: null,
      irregular: null,
      place: placeOf(spot, list.pattern),
    },
  ]
}

function inTexts(
  known: KnownIds,
  agrees: Agreement,
  spot: Spot,
  texts: readonly Buffer[],
  numbered: readonly NumberedTexts[],
): readonly Suspected[] {
  const exactly = namesExactly(known.key, spot.names)
  const base = { known, exactly, several: false, byGaps: false, alike: true, irregular: null }
  const at = (template: Template): Suspected => ({
    ...base,
    agrees: agrees ?? (isNamedIn(known.key, template.around) ? 'bare' : null),
    place: placeOf(spot, template.pattern),
    caution: cautionFor(template),
  })
  if (known.worth === 'number')
    return numbered.flatMap(({ template, numbers, follows }): readonly Suspected[] => {
      const named = isNamedIn(known.key, template.around)
      const byGaps = !named && avoidsGaps(known, numbers)
      if (!named && !byGaps) return []
      if (numbers.filter(number => known.has(number)).length < numbers.length * 0.5) return []
      // `user:17` and `/users/17` say what the number is; `user17` may be called so by anybody.
      const said = follows !== null && isNamedIn(known.key, follows)
      const caution = cautionFor(template) ?? (said ? null : 'a number within a text')
      return [{ ...at(template), agrees: named ? 'id' : null, byGaps, caution }]
    })
  if (known.worth !== 'machine') return []
  const { found, irregular } = templatesOf(known, texts)
  // The pattern of a few among many others is a coincidence of wording.
  const others = irregular.length > 0 && irregular.length * 20 > texts.length
  if (others) return [{ ...base, agrees, caution: null, irregular, place: placeOf(spot) }]
  return found.map(at)
}

/** `site/4/device/17/up`: the part before says what the id is, or no accident makes it. */
function inSegments(known: KnownIds, spot: Spot, segments: readonly Segment[]): readonly Suspected[] {
  return segments.flatMap(({ template, values, follows }): readonly Suspected[] => {
    const named = follows !== null && isNamedIn(known.key, follows)
    const byGaps = !named && avoidsGaps(known, values)
    if (!named && !byGaps && known.worth !== 'machine') return []
    const held = values.filter(value => known.fits(value) && known.has(value)).length
    if (held < 3 || held < values.length * 0.5) return []
    return [
      {
        known,
        place: placeOf(spot, template.pattern),
        agrees: named ? 'id' : null,
        exactly: named,
        several: false,
        byGaps,
        alike: true,
        caution: cautionFor(template),
        irregular: null,
      },
    ]
  })
}

function cautionFor({ around, plain }: Template): string | null {
  if (!plain) return 'it stands within a sentence'
  return /[/\\]/.test(around) && !/:\/\//.test(around)
    ? 'it is part of a path: what is stored there keeps its name'
    : null
}
