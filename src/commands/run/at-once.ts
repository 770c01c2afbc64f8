/**
 * Works on several things at once, each after those that it waits for. After the first that fails nothing new is begun,
 * and what is under way goes on to its end.
 *
 * @returns those that were not begun
 */
export async function atOnce<T>(
  things: readonly T[],
  jobs: number,
  waitsFor: (thing: T) => readonly T[],
  work: (thing: T) => Promise<'done' | 'failed'>,
): Promise<readonly T[]> {
  const left = [...things]
  const underWay = new Map<T, Promise<void>>()
  const done = new Set<T>()
  let failed = false
  for (;;) {
    while (!failed && underWay.size < jobs) {
      const next = left.find(each =>
        waitsFor(each).every(first => done.has(first) || !things.includes(first)),
      )
      if (next === undefined) break
      left.splice(left.indexOf(next), 1)
      const working = work(next).then(how => {
        underWay.delete(next)
        if (how === 'done') done.add(next)
        else failed = true
      })
      underWay.set(next, working)
    }
    if (underWay.size === 0) return left
    await Promise.race(underWay.values())
  }
}
