/**
 * Sets a value in a JSON text and leaves every other character of it as it is: whoever keeps a file in order by hand
 * wants to see in the difference what was added, and nothing else.
 */

interface Member {
  readonly name: string
  /** Where the name begins, and where the value does and ends. */
  readonly at: number
  readonly from: number
  readonly to: number
}

interface ObjectSpan {
  /** Behind the opening brace, and before the closing one. */
  readonly from: number
  readonly to: number
  readonly members: readonly Member[]
}

/**
 * @param text an object, as JSON.parse reads it
 * @param path names of members; what is missing on the way is made
 */
export function setInJson(text: string, path: readonly string[], value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const unit = /^\s*\{\r?\n([ \t]+)/.exec(text)?.[1]
  return set(objectAt(text, 0), path, '')

  function set(object: ObjectSpan, [name = '', ...rest]: readonly string[], indent: string): string {
    const member = object.members.findLast(each => each.name === name)
    if (member !== undefined && rest.length > 0)
      return set(objectAt(text, member.from), rest, lineIndent(text, member.at))
    const content = rest.reduceRight<unknown>((inner, each) => ({ [each]: inner }), value)
    if (member !== undefined)
      return spliced(text, member.from, member.to, written(content, lineIndent(text, member.at)))
    return insert(object, name, content, indent)
  }

  function insert(object: ObjectSpan, name: string, content: unknown, indent: string): string {
    const [first] = object.members
    const last = object.members.at(-1)
    if (first === undefined || last === undefined) {
      const whole = written({ [name]: content }, indent)
      return spliced(text, object.from, object.to, whole.slice(1, -1))
    }
    const before = text.slice(object.from, first.at)
    const own = before.includes('\n') ? lineIndent(text, first.at) : indent
    const colon = unit === undefined ? ':' : ': '
    return spliced(
      text,
      last.to,
      last.to,
      `,${before}${JSON.stringify(name)}${colon}${written(content, own)}`,
    )
  }

  function written(content: unknown, indent: string): string {
    if (unit === undefined) return JSON.stringify(content)
    return JSON.stringify(content, null, unit).replaceAll('\n', eol + indent)
  }
}

function spliced(text: string, from: number, to: number, by: string): string {
  return text.slice(0, from) + by + text.slice(to)
}

/** White space at the beginning of the line that holds a position. */
function lineIndent(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^[ \t]*/.exec(line)![0]
}

/** The object that begins at or behind a position of a valid JSON text. */
function objectAt(text: string, position: number): ObjectSpan {
  const from = text.indexOf('{', position) + 1
  const members: Member[] = []
  const token = /"(?:[^"\\]+|\\.)*"|[{}[\],]/g
  token.lastIndex = from
  let depth = 0
  let name: { readonly text: string; readonly at: number; readonly end: number } | null = null
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [read] = match
    if (depth === 0 && name === null && read.startsWith('"')) {
      name = { text: JSON.parse(read) as string, at: match.index, end: token.lastIndex }
    } else if (read === '{' || read === '[') depth += 1
    else if (depth > 0 && (read === '}' || read === ']')) depth -= 1
    else if (depth === 0 && (read === ',' || read === '}')) {
      if (name !== null) members.push(memberOf(text, name, match.index))
      name = null
      if (read === '}') return { from, to: match.index, members }
    }
  }
  throw new Error('The text is no JSON object.')
}

function memberOf(
  text: string,
  name: { readonly text: string; readonly at: number; readonly end: number },
  end: number,
): Member {
  const value = text.slice(name.end, end)
  const lead = /^\s*:\s*/.exec(value)?.[0].length ?? 0
  return { name: name.text, at: name.at, from: name.end + lead, to: name.end + value.trimEnd().length }
}
