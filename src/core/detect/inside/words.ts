/** Whether the name of a place says of which identity its values are. */
import type { KeyColumn } from '../keys.ts'
import { people, roles, tableWords } from '../references/vocabulary.ts'
import { singularOf, type Ways, wordsOf } from '../references/words.ts'

/**
 * `id`: the name says that it holds an id of this identity: `job_id`, `jobIds`, `{"job": {"id": 7}}`. `bare`: it names
 * what the identity names and not that it is an id: `job`, `parent_jobs`.
 */
export type Agreement = 'id' | 'bare' | null

const idWords = new Set([
  'id',
  'ids',
  'uid',
  'uids',
  'guid',
  'guids',
  'uuid',
  'uuids',
  'ulid',
  'pk',
  'pks',
  'oid',
  'fk',
  'ref',
  'refs',
  'key',
  'keys',
])

const namesOf = new WeakMap<KeyColumn, Ways>()

/** What the identity names: by its table, and by its column where that says more than "id". */
function targetsOf(identity: KeyColumn): Ways {
  const known = namesOf.get(identity) ?? targetsIn(identity)
  namesOf.set(identity, known)
  return known
}

function targetsIn({ table, column }: KeyColumn): Ways {
  const own = withoutId(wordsOf(column.name)).stem.map(singularOf)
  const all = wordsOf(table.name).map(singularOf)
  // taxonomy_term_data has terms.
  const targets = [all, all.filter(word => !tableWords.has(word))]
  if (own.length > 0 && !(own.length === 1 && /^(code|name|row|value|number|no)$/.test(own[0]!)))
    targets.push(own)
  return targets.filter(words => words.length > 0)
}

function withoutId(words: readonly string[]): { stem: readonly string[]; said: boolean } {
  const said = words.length > 0 && idWords.has(words.at(-1)!)
  return { stem: said ? words.slice(0, -1) : words, said }
}

/** `names` are the names around the value, the nearest first: its key, the object's key, the column. */
export function agreement(identity: KeyColumn, names: readonly string[]): Agreement {
  const [nearest, ...outer] = names
  if (nearest === undefined) return null
  const targets = targetsOf(identity)
  const words = wordsOf(nearest)
  const { stem, said } = withoutId(words)
  if (stem.length === 0)
    return said && outer.length > 0 && nameOne(targets, withoutId(wordsOf(outer[0]!)).stem) ? 'id' : null
  if (nameOne(targets, stem)) return said ? 'id' : 'bare'
  // `owner_id` is somebody's.
  if (said && roles.has(stem.at(-1)!) && targets.some(target => people.has(target.at(-1)!))) return 'bare'
  // jobid, userids
  const joined = /^(.{2,})ids?$/.exec(words.at(-1)!)
  return joined && nameOne(targets, [...words.slice(0, -1), joined[1]!]) ? 'id' : null
}

/** Whether the name is the identity's, and not only the end of it: `job_id` for jobs, and not for cron_jobs. */
export function namesExactly(identity: KeyColumn, names: readonly string[]): boolean {
  const { stem } = withoutId(wordsOf(names[0] ?? ''))
  const said = (stem.length === 0 ? withoutId(wordsOf(names[1] ?? '')).stem : stem).map(singularOf).join('')
  return targetsOf(identity).some(words => words.join('') === said)
}

/** `parent_job` and `job` name jobs and app_jobs; `app_job` names app_jobs. */
function nameOne(targets: readonly (readonly string[])[], stem: readonly string[]): boolean {
  const last = stem.length === 0 ? null : singularOf(stem.at(-1)!)
  return targets.some(words => words.at(-1) === last || words.join('') === stem.map(singularOf).join(''))
}

/** Whether some word of a text between ids names the identity: `/jobs/`, `job-`. */
export function isNamedIn(identity: KeyColumn, text: string): boolean {
  const said = wordsOf(text).map(singularOf)
  return targetsOf(identity).some(words => said.includes(words.at(-1)!))
}
