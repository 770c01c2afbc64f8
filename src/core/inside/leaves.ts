/** All texts and whole numbers of a document, and the keys, each with its path: for finding out where ids stand. */
import { integerOf, textOf } from './json-scalar.ts'
import { readJsonText } from './json-text.ts'
import type { Token } from './json-token.ts'
import { readJsonb } from './jsonb.ts'

/** A step of a path in one document: a name, or null for an item of an array. */
export type Step = string | null

/** Gets the path as it is just now, which it must not keep. */
export type TellLeaf = (path: readonly Step[], leaf: Buffer | bigint, isKey: boolean) => void

/**
 * Whether the value is a document: an object or an array. What was told of a value that turns out to be none means
 * nothing.
 */
export function readLeaves(value: Buffer, type: 'text' | 'blob', tell: TellLeaf): boolean {
  for (const read of type === 'blob' ? [readJsonb, readJsonText] : [readJsonText]) {
    let containers = 0
    const follow = following(value, tell)
    const valid = read(value, token => {
      if (token.kind === 'object' || token.kind === 'array') containers += 1
      follow(token)
    })
    if (valid) return containers > 0
  }
  return false
}

function following(value: Buffer, tell: TellLeaf): (token: Token) => void {
  const path: Step[] = []
  return token => {
    switch (token.kind) {
      case 'object':
      case 'array':
        path.push(null)
        return
      case 'end':
        path.pop()
        return
      case 'key': {
        const name = textOf(value, token)
        path[path.length - 1] = null
        tell(path, name, true)
        path[path.length - 1] = name.toString()
        return
      }
      case 'string':
        tell(path, textOf(value, token), false)
        return
      case 'number': {
        const number = integerOf(value, token)
        if (number !== null) tell(path, number, false)
      }
    }
  }
}
