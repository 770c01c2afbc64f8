/** What a value is given to: the variable, argument, field, key or function whose value it becomes. */
import type { Node, SourceFile } from './source-file.ts'

export interface Subject {
  /** Empty where nothing tells. */
  readonly name: string
  /** It, and what else around the value has a name: the function that is called with it, or returns it. */
  readonly names: readonly string[]
}

const calls = new Set(['call', 'call_expression', 'new_expression'])

/** Arguments that say how a value is made, and not what it is. */
const how = new Set(['default_factory', 'default', 'factory', 'defaultFactory', '$defaultFn', '$default'])

export function subjectOf(node: Node, file: SourceFile): Subject {
  const names: string[] = []
  let child = node
  let making = false // inside of an argument that says how; the call around it says no more
  for (let at = node.parent(); at !== null; child = at, at = at.parent()) {
    const kind = String(at.kind())
    const named = nameFrom(at, child)
    if (named === null) {
      if (file.language.through.has(kind)) continue
      break
    }
    if (how.has(named)) making = true
    else if (calls.has(kind)) {
      if (!making && named !== '') names.push(named)
      making = false
    } else {
      if (named !== '') names.push(named)
      break
    }
  }
  return { name: names[0] ?? '', names }
}

/** The name that `at` gives to its part `child`; null where it gives none. */
function nameFrom(at: Node, child: Node): string | null {
  switch (String(at.kind())) {
    case 'assignment':
    case 'assignment_expression':
    case 'augmented_assignment':
      return lastName(at.field('left'), child)
    case 'named_expression':
    case 'keyword_argument':
    case 'variable_declarator':
    case 'public_field_definition':
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
    case 'return_statement':
      return functionName(at)
    case 'arrow_function':
      return lastName(at.parent()?.field('name') ?? null, child)
    case 'call':
    case 'call_expression':
    case 'new_expression':
      return lastName(at.field('function') ?? at.field('constructor'), child) ?? ''
    default:
      return null
  }
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
