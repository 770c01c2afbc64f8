/** What a value is given to: the variable, argument, field, key or function whose value it becomes. */
import type { Node, SourceFile } from './source-file.ts'
import { columnOf } from './sql-column.ts'

export interface Subject {
  /** Empty where nothing tells. */
  readonly name: string
  /** It, and what else around the value has a name: the function that is called with it, or returns it. */
  readonly names: readonly string[]
  /** Where it is given to the last of them. */
  readonly place: Node | null
}

const calls = new Set(['call', 'call_expression', 'new_expression'])

/** Arguments that say how a value is made, and not what it is. */
const how = new Set([
  'default_factory',
  'default',
  'factory',
  'defaultFactory',
  'defaultFn',
  'defaultValue',
  '$defaultFn',
  '$default',
])

/** Functions whose first argument names what the second is for. */
const asked = new Set(['get', 'setdefault', 'getattr', 'setattr', 'pop', 'getenv', 'setItem'])

export function subjectOf(node: Node, file: SourceFile): Subject {
  const names: string[] = []
  let child = node
  let place: Node | null = null
  let column: string | null = null // of a table, that SQL around says the value goes to
  let making = false // inside of an argument that says how; the call around it says no more
  for (let at = node.parent(); at !== null; child = at, at = at.parent()) {
    const kind = String(at.kind())
    const named = nameFrom(at, child)
    column ??= columnOf(at, child)
    if (named === null) {
      if (file.language.through.has(kind)) continue
      break
    }
    if (how.has(named)) making = true
    else if (calls.has(kind)) {
      if (column !== null) names.push(column)
      else if (!making && named !== '') names.push(named)
      column = null
      making = false
      place = at
    } else {
      if (named !== '') names.push(named)
      place = at
      break
    }
  }
  return { name: names[0] ?? '', names, place }
}

/** The name that `at` gives to its part `child`; null where it gives none. */
function nameFrom(at: Node, child: Node): string | null {
  switch (String(at.kind())) {
    case 'assignment':
    case 'assignment_expression':
    case 'augmented_assignment':
    case 'augmented_assignment_expression':
      return lastName(at.field('left'), child)
    case 'named_expression':
    case 'keyword_argument':
    case 'variable_declarator':
    case 'public_field_definition':
    case 'field_definition':
    case 'property_signature':
      return lastName(at.field('name') ?? at.field('property'), child)
    case 'default_parameter':
    case 'typed_default_parameter':
      return lastName(at.field('name'), child)
    case 'assignment_pattern':
    case 'object_assignment_pattern':
      return lastName(at.field('left'), child)
    case 'pair':
      return lastName(at.field('key'), child)
    case 'required_parameter':
    case 'optional_parameter':
      return lastName(at.field('pattern'), child)
    case 'return_statement':
      return functionName(at)
    case 'arrow_function':
      return lastName(at.parent()?.field('name') ?? null, child)
    case 'call':
    case 'call_expression':
    case 'new_expression':
      return keyBefore(at, child) ?? lastName(at.field('function') ?? at.field('constructor'), child) ?? ''
    default:
      return null
  }
}

/** `job_id`, of `values.get("job_id", ...)`. */
function keyBefore(call: Node, child: Node): string | null {
  const called = /([\w$]+)$/.exec(call.field('function')?.text() ?? '')?.[1] ?? ''
  const given = child.namedChildren()
  const name = /^(['"])([\w-]+)\1$/
  return asked.has(called) && given.length > 1
    ? (given
        .slice(0, -1)
        .flatMap(each => name.exec(each.text())?.[2] ?? [])
        .at(-1) ?? null)
    : null
}

/** `self.job_id`, `row["job_id"]` and `"job_id"` are all called job_id. */
function lastName(node: Node | null, child: Node): string | null {
  if (node === null || node.id() === child.id()) return null
  const text = node.text()
  const quoted = /(['"])([\w-]+)\1\]?$/.exec(text)?.[2]
  return quoted ?? /([\w$]+)$/.exec(text)?.[1] ?? ''
}

function functionName(node: Node): string {
  const around = node
    .ancestors()
    .find(each => /function|method|lambda/.test(String(each.kind())) && each.field('name') !== null)
  return around?.field('name')?.text() ?? ''
}
