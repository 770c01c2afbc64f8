/** The order of the systems: as configured, but that whoever gives ULIDs to another comes before it. */
import {
  type Across,
  commandLine,
  exitCodes,
  type Failure,
  inOrder,
  type SystemReport,
} from '../../core/index.ts'
import { failure } from '../failure.ts'

type Ordered =
  | { readonly type: 'ordered'; readonly names: readonly string[]; readonly moved: readonly string[] }
  | { readonly type: 'failed'; readonly error: Failure }

export function systemsInOrder(systems: readonly SystemReport[], across: Across): Ordered {
  const owner = (path: string) =>
    systems.find(each => each.targets.some(({ target }) => target === path))?.system
  const edges = across.links
    .filter(link => link.choice === 'accepted')
    .flatMap(link => {
      const first = owner(link.of.target)
      const then = owner(link.target)
      return first === undefined || then === undefined || first === then ? [] : [{ first, then, link }]
    })
  const names = systems.map(each => each.system)
  const ordered = inOrder(names, edges)
  if (ordered === null) return { type: 'failed', error: roundAbout(edges) }
  const late = edges.filter(({ first, then }) => names.indexOf(first) > names.indexOf(then))
  const moved = late.map(
    ({ first, then, link }) =>
      `${first} goes before ${then}: ${link.target} (${link.table}.${link.column}) holds ids of it.`,
  )
  return { type: 'ordered', names: ordered, moved: [...new Set(moved)] }
}

function roundAbout(
  edges: readonly { readonly first: string; readonly then: string; readonly link: Across['links'][number] }[],
): Failure {
  const holds = edges.map(
    ({ first, then, link }) => `${then} (${link.table}.${link.column}) holds ids of ${first}`,
  )
  const names = [...new Set(edges.flatMap(({ first, then }) => [first, then]))]
  const { link } = edges[0]!
  return failure(exitCodes.precondition, 'RUN.ROUND_ABOUT', {
    object: names.join(', '),
    message: 'These systems hold ids of each other, so that none of them can be the first.',
    why: `${[...new Set(holds)].join('; ')}.`,
    next: `Migrate their databases together, which are in order: ${commandLine('migrate', ...across2(edges))}; or leave one of these columns out: --no-reference ${link.target}::${link.table}.${link.column}`,
  })
}

function across2(edges: readonly { readonly link: Across['links'][number] }[]): readonly string[] {
  return [...new Set(edges.flatMap(({ link }) => [link.of.target, link.target]))]
}
