/**
 * The places of a column at which texts and numbers stand: the column itself, or the paths of its documents. Paths are
 * put in general terms: the items of an array are one place, and so are the values of an object whose keys are data.
 */

import { kindOf } from '../../identifiers/index.ts'
import { readLeaves, type Step } from '../../inside/leaves.ts'
import { formatPath, type PathStep } from '../../inside/path.ts'
import type { ColumnSample } from './sample.ts'

export interface Spot {
  /** Null where the whole value of the column is meant. */
  readonly path: string | null
  /** The names around it, the nearest first; the column's is the last. */
  readonly names: readonly string[]
  readonly inArray: boolean
  /** Different values, some of them. */
  readonly values: readonly (Buffer | bigint)[]
  /** The texts with all their repetitions, as far as they were sampled. */
  readonly count: number
}

interface Node {
  readonly keys: Map<string, Node>
  item: Node | null
  readonly values: Map<string, Buffer | bigint>
  count: number
  /** How many keys were told, in how many documents. */
  told: number
  documents: number
  lastDocument: number
}

const DEEPEST = 12
const MOST_KEYS = 400
const MOST_VALUES = 500
/** Longer texts are no ids, and ids in them are only mentioned. */
const LONGEST = 2000

function newNode(): Node {
  return { keys: new Map(), item: null, values: new Map(), count: 0, told: 0, documents: 0, lastDocument: -1 }
}

export function columnSpot({ column, texts }: ColumnSample): Spot {
  const node = newNode()
  for (const text of texts) addValue(node, text)
  return {
    path: null,
    names: [column.name],
    inArray: false,
    values: [...node.values.values()],
    count: node.count,
  }
}

/** Null where the column does not hold documents. */
export function documentSpots({ column, texts, blobs }: ColumnSample): readonly Spot[] | null {
  const root = newNode()
  let documents = 0
  let others = 0
  for (const [type, values] of [
    ['text', texts],
    ['blob', blobs],
  ] as const)
    for (const value of values) {
      if (value.length === 0) continue
      const leaves: [readonly Step[], Buffer | bigint, boolean][] = []
      const isDocument =
        beginsAsDocument(value, type) &&
        readLeaves(value, type, (path, leaf, isKey) => {
          if (path.length <= DEEPEST) leaves.push([[...path], leaf, isKey])
        })
      if (!isDocument) {
        // `null`, and what is left of a document that was cut off, are not held against the others.
        others += 1
        continue
      }
      for (const [path, leaf, isKey] of leaves) add(root, path, leaf, isKey, documents)
      documents += 1
    }
  if (documents === 0 || documents < others) return null
  const spots: Spot[] = []
  tell(root, [], [column.name], false, spots)
  return spots
}

/** Most texts are seen to be none by their first character. */
function beginsAsDocument(value: Buffer, type: 'text' | 'blob'): boolean {
  return type === 'blob' || /^(\xef\xbb\xbf)?\s*[[{]/.test(value.toString('latin1', 0, 60))
}

function add(
  root: Node,
  path: readonly Step[],
  leaf: Buffer | bigint,
  isKey: boolean,
  document: number,
): void {
  let node = root
  for (const step of isKey ? path.slice(0, -1) : path) {
    if (step === null) node.item ??= newNode()
    const next = step === null ? node.item : node.keys.get(step)
    if (next == null) return
    node = next
  }
  if (!isKey) {
    addValue(node, leaf)
    return
  }
  node.told += 1
  if (node.lastDocument !== document) node.documents += 1
  node.lastDocument = document
  const name = leaf.toString()
  if (!node.keys.has(name) && node.keys.size < MOST_KEYS) node.keys.set(name, newNode())
}

function addValue(node: Node, value: Buffer | bigint): void {
  node.count += 1
  if (node.values.size >= MOST_VALUES || (typeof value !== 'bigint' && value.length > LONGEST)) return
  node.values.set(typeof value === 'bigint' ? `#${value}` : value.toString('latin1'), value)
}

function tell(
  node: Node,
  steps: readonly PathStep[],
  names: readonly string[],
  inArray: boolean,
  spots: Spot[],
): void {
  const at = (more: readonly PathStep[]) => formatPath([...steps, ...more])
  if (node.count > 0)
    spots.push({ path: at([]), names, inArray, values: [...node.values.values()], count: node.count })
  if (node.item) tell(node.item, [...steps, { kind: 'any-item' }], names, true, spots)
  if (!keysAreData(node)) {
    for (const [name, child] of node.keys)
      tell(child, [...steps, { kind: 'key', name }], [name, ...names], false, spots)
    return
  }
  const keys = [...node.keys.keys()].map(name => Buffer.from(name))
  spots.push({ path: at([{ kind: 'keys' }]), names, inArray: true, values: keys, count: node.told })
  tell(merged([...node.keys.values()]), [...steps, { kind: 'any-key' }], names, true, spots)
}

/** An object of many different keys, or of keys that look made, is a map: by_job, and not a record. */
function keysAreData({ keys, told, documents }: Node): boolean {
  const names = [...keys.keys()]
  const made = names.filter(name => /^\d+$/.test(name) || !['text', 'other'].includes(kindOf(name))).length
  if (names.length >= 2 && made >= names.length * 0.8) return true
  // Documents of several kinds have the fields of all of them, each many times.
  const fields = told >= names.length * 10 && names.every(name => /^[A-Za-z_$@-]+\d?$/.test(name))
  return names.length >= 8 && names.length >= (told / documents) * 3 && !fields
}

function merged(nodes: readonly Node[]): Node {
  const sum = newNode()
  for (const node of nodes) {
    for (const [key, value] of node.values) if (sum.values.size < MOST_VALUES) sum.values.set(key, value)
    sum.count += node.count
    sum.told += node.told
    sum.documents += node.documents
  }
  const items = nodes.flatMap(({ item }) => (item ? [item] : []))
  if (items.length > 0) sum.item = merged(items)
  const names = new Set(nodes.flatMap(({ keys }) => [...keys.keys()]))
  for (const name of names) sum.keys.set(name, merged(nodes.flatMap(({ keys }) => keys.get(name) ?? [])))
  return sum
}
