/** Of two entries of one name JSON keeps the last, and says nothing. */

/** The first name that an object has twice, with its line, from 1; null where none is. */
export function twiceInJson(text: string): { readonly name: string; readonly line: number } | null {
  /** Names so far in each object that is open; null for a list. */
  const open: (Set<string> | null)[] = []
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null)
    else if (token === '}' || token === ']') open.pop()
    else if (token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string
      const names = open.at(-1)
      if (names?.has(name)) return { name, line: text.slice(0, index).split('\n').length }
      names?.add(name)
    }
  }
  return null
}
