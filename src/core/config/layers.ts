/**
 * Choices that lie over others: flags over the environment, that over the project's config file, that over the user's.
 * What the upper layer says holds. Lists about single columns add up, and what the upper layer says of a column
 * silences the lower one's contrary: dropping a reference because another was named would tear rows apart.
 */
import { formatPlace, parsePlace } from '../inside/selector.ts'
import type { Choices } from '../requests.ts'
import { foldName, formatColumnPath } from '../schema/names.ts'

/** @returns what holds when both have been heard */
export function layered(upper: Choices, lower: Choices): Choices {
  // `all` and `only` answer one question: which identities. Whoever answers it answers it whole.
  const selects = upper.all !== undefined || upper.only !== undefined
  const { all, only, skip, references, noReferences, times, ulidColumns, accept, whereThere, ...others } =
    lower
  return {
    ...others,
    ...(selects ? {} : present({ all, only })),
    ...upper,
    ...present({
      skip: together(without(skip, upper.only), upper.skip),
      references: together(without(references, upper.noReferences, childOf), upper.references),
      noReferences: together(without(noReferences, upper.references?.map(childOf)), upper.noReferences),
      times: together(without(times, upper.times?.map(childOf), childOf), upper.times),
      ulidColumns: together(
        without(ulidColumns, upper.ulidColumns?.map(childOf), childOf),
        upper.ulidColumns,
      ),
      accept: together(accept, upper.accept),
      whereThere: together(whereThere, upper.whereThere),
    }),
  }
}

/** What stands before the `=` of `CHILD.COLUMN=PARENT.COLUMN` or `TABLE.COLUMN=SOURCE`. */
const childOf = (text: string) => text.slice(0, dividing(text))

/** The `=` outside of quoted names. */
function dividing(text: string): number {
  return text
    .replaceAll(/"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]/g, name => '_'.repeat(name.length))
    .lastIndexOf('=')
}

type List = readonly string[] | undefined

function together(lower: List, upper: List): List {
  return lower === undefined ? upper : [...new Set([...lower, ...(upper ?? [])])]
}

/** The list without what is said of the same places; undefined when nothing is left. */
function without(list: List, silenced: List = [], placeOf = (text: string) => text): List {
  const spoken = silenced.map(spelled)
  const left = list?.filter(text => !spoken.some(each => meets(each, spelled(placeOf(text)))))
  return left?.length === 0 ? undefined : left
}

interface Spelled {
  readonly column: string
  /** Empty for the column as a whole. */
  readonly place: string
}

/** A place within a column, and the column as a whole, are about the same values; two places in it are not. */
function meets(one: Spelled, other: Spelled): boolean {
  return one.column === other.column && (one.place === other.place || one.place === '' || other.place === '')
}

/** One spelling for all ways to write a place; what is none is left to whoever reads the choices. */
function spelled(text: string): Spelled {
  try {
    const { table, column, place } = parsePlace(text)
    const whole = formatColumnPath(table, column)
    return { column: foldName(whole), place: formatPlace({ table, column }, place).slice(whole.length) }
  } catch (error) {
    if (error instanceof RangeError) return { column: text, place: '' }
    throw error
  }
}

/** The choices without what they say of one place: neither that it is a reference nor that it is none. */
export function unsaid(choices: Choices, place: string): Choices {
  const { references, noReferences, ...others } = choices
  const same = (text: string) =>
    spelled(text).column === spelled(place).column && spelled(text).place === spelled(place).place
  const left = {
    references: references?.filter(text => !same(childOf(text))),
    noReferences: noReferences?.filter(text => !same(text)),
  }
  return {
    ...others,
    ...present({ references: some(left.references), noReferences: some(left.noReferences) }),
  }
}

const some = (list: List): List => (list?.length === 0 ? undefined : list)

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>
}
