/** NAME of a target: its file name, with as much of its path as tells it from the others. */

/** @returns for each path its name, in order */
export function targetNames(paths: readonly string[]): readonly string[] {
  const parts = paths.map(path => path.split(/[\\/]/).filter(Boolean))
  return parts.map((own, index) => {
    const others = parts.filter((_, other) => paths[other] !== paths[index])
    let length = 1
    const tail = (of: readonly string[]) => of.slice(-length).join('/')
    while (length < own.length && others.some(other => tail(other) === tail(own))) length += 1
    return tail(own) || (paths[index] ?? '')
  })
}

/** Whether `typed` names the target at `path`: its file name, or any longer end of its path. */
export function isNameOf(typed: string, path: string): boolean {
  return typed !== '' && (typed === path || path.endsWith(`/${typed}`) || path.endsWith(`\\${typed}`))
}
