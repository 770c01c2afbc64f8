/** What the source says, read as text: message codes with their exit codes, and the fields of documented types. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './pages.ts'

export function sourceFiles(): readonly string[] {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => join(root, 'src', name))
}

/** Every message code in the source. */
export function messageCodes(): readonly string[] {
  const found = sourceFiles().flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(/'([A-Z]{2,}\.[A-Z][A-Z_-]+)'/g)].map(([, code]) => code ?? ''),
  )
  return [...new Set(found)].sort()
}

const exitOfMaker: Readonly<Record<string, string>> = { precondition: '4', usage: '2', usageFailure: '2' }

/** Codes whose maker settles the exit code: `precondition` is 4, `usage` is 2. */
export function settledExits(): readonly (readonly [code: string, exit: string])[] {
  return sourceFiles().flatMap(file =>
    [
      ...readFileSync(file, 'utf8').matchAll(
        /\b(precondition|usage|usageFailure)\(\s*'([A-Z]{2,}\.[A-Z][A-Z_-]+)'/g,
      ),
    ].map(([, maker, code]) => [code ?? '', exitOfMaker[maker ?? ''] ?? ''] as const),
  )
}

export interface Field {
  readonly name: string
  /** Without `readonly`, in one line. */
  readonly type: string
}

function parse(path: string): ts.SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

/** Fields of every exported interface of a file. An optional one's name ends with `?`. */
export function interfaces(path: string): ReadonlyMap<string, readonly Field[]> {
  const source = parse(path)
  const found = source.statements.filter(ts.isInterfaceDeclaration)
  return new Map(found.map(each => [each.name.text, fieldsOf(each, source)]))
}

const printer = ts.createPrinter({ removeComments: true })

function fieldsOf(declaration: ts.InterfaceDeclaration, source: ts.SourceFile): readonly Field[] {
  return declaration.members.filter(ts.isPropertySignature).map(member => ({
    name: `${member.name.getText(source)}${member.questionToken ? '?' : ''}`,
    type: member.type ? typeText(member.type, source) : '',
  }))
}

/** Printed anew, so that it does not matter how the source is wrapped. */
function typeText(type: ts.TypeNode, source: ts.SourceFile): string {
  return printer
    .printNode(ts.EmitHint.Unspecified, type, source)
    .replaceAll(/\breadonly /g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('; }', ' }')
}

/** The texts of a union of string literals. */
export function literals(path: string, name: string): readonly string[] {
  const source = parse(path)
  const alias = source.statements.filter(ts.isTypeAliasDeclaration).find(each => each.name.text === name)
  if (!alias) throw new Error(`${path} has no type called ${name}`)
  const members = ts.isUnionTypeNode(alias.type) ? alias.type.types : [alias.type]
  return members.flatMap(member =>
    ts.isLiteralTypeNode(member) && ts.isStringLiteral(member.literal) ? [member.literal.text] : [],
  )
}

/** The values of `type` in a union of events. */
export function eventTypes(): readonly string[] {
  const text = readFileSync(join(root, 'src/core/events.ts'), 'utf8')
  const union = /export type EngineEvent =([\s\S]*?)\n\n/.exec(text)?.[1] ?? ''
  return [...new Set([...union.matchAll(/readonly type: '(\w+)'/g)].map(([, type]) => type ?? ''))]
}
