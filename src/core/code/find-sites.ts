/** The places of a file where ids are made, each with what is to become of it and why. */
import { graphSites } from './graph-keys.ts'
import type { Language, Maker } from './language.ts'
import type { Site } from './site.ts'
import { fullName, isInside, type Node, type SourceFile, type Span, scopeOf, spanOf } from './source-file.ts'
import { subjectOf } from './subject.ts'
import { isIdName, whyLeft } from './words.ts'

type Verdict = Pick<Site, 'verdict' | 'why'>

/** A file, with where chance is in it. */
interface Looking extends SourceFile {
  readonly chance: readonly Span[]
}

export function findSites(source: SourceFile): readonly Site[] {
  const chance = source.language.makers
    .filter(maker => maker.from === 'chance')
    .flatMap(maker => matches(maker.rule, maker.called, source).map(spanOf))
  const file: Looking = { ...source, chance }
  const made = file.language.makers.flatMap(maker => madeBy(maker, file))
  return withoutParts(outermost([...graphSites(file), ...made, ...templatesOf(file)]), file)
}

/** Values that a maker makes, with all that only spells them otherwise. */
function madeBy(maker: Maker, file: Looking): readonly Site[] {
  return matches(maker.rule, maker.called, file).flatMap(core => {
    const { node, text } = wrapped(core, file.language)
    const template = templateAround(node, file.language)
    const whole =
      template !== null && isIdShaped(template, file.language) ? wrapped(template, file.language).node : node
    const subject = subjectOf(whole, file)
    // A hash is an id only where it is called one.
    if (maker.id === 'hash' && !isIdName(subject.name) && whyLeft(subject.names) === null) return []
    const site = {
      rule: maker.id,
      node: whole,
      span: spanOf(whole),
      subject: subject.name,
      parts: whole === node ? [] : variablesIn(whole, file),
      becomes: null,
    }
    return [{ ...site, ...judge(maker, whole, { ...subject, text: text || whole !== node, template }, file) }]
  })
}

/** A match, and what is called in it. */
interface Match {
  readonly node: Node
  readonly name: string
}

/** Many rules look at all calls of a file: those are found once. */
const found = new WeakMap<Node, Map<string, readonly Match[]>>()

/** Matches of a rule whose called function has the right full name. */
export function matches(
  rule: Maker['rule'],
  called: RegExp | undefined,
  { root, bindings }: Pick<SourceFile, 'root' | 'bindings'>,
): readonly Node[] {
  const known = found.get(root) ?? new Map<string, readonly Match[]>()
  found.set(root, known)
  const key = JSON.stringify(rule)
  const all =
    known.get(key) ??
    root.findAll({ rule }).map(node => ({ node, name: node.getMatch('F')?.text() ?? node.text() }))
  known.set(key, all)
  return all
    .filter(({ name }) => called === undefined || called.test(fullName(name, bindings)))
    .map(({ node }) => node)
}

interface Given {
  readonly name: string
  readonly names: readonly string[]
  readonly text: boolean
  readonly template: Node | null
}

function judge(maker: Maker, whole: Node, given: Given, file: Looking): Verdict {
  const { name, names, text, template } = given
  const left = whyLeft(names)
  if (left !== null) return { verdict: 'leave', why: left }
  if (file.language.tests.test(file.name))
    return { verdict: 'leave', why: 'A test makes this value for itself.' }
  if (template !== null && !isIdShaped(template, file.language))
    return { verdict: 'leave', why: 'It is a part of a longer text: a message, or the name of a file.' }
  if (whole.has({ rule: { kind: file.language.kinds.comment } }))
    return { verdict: 'ask', why: 'A comment stands inside; it would be lost.' }
  if (template !== null) {
    const parent = parentIn(template, file)
    if (parent !== null) return { verdict: 'ask', why: `It holds the id of another row, ${parent}.` }
    const other = valuesIn(template, file.language).find(each => !isPassing(each, file))
    if (other !== undefined)
      return { verdict: 'ask', why: `It holds ${other.text()}, which a ULID does not tell.` }
  }
  if (maker.from === 'content' && !tellsChance(whole, file))
    return {
      verdict: 'ask',
      why: `It is ${maker.what} of its content: the same content gets the same id. That wants a UNIQUE on the content first.`,
    }
  if (maker.id === 'own-generator')
    return { verdict: 'ask', why: `It is ${maker.what}, which may be as good.` }
  if (maker.object && !text)
    return { verdict: 'ask', why: `It is ${maker.what} as an object, and not a text.` }
  if (!isIdName(name))
    return {
      verdict: 'ask',
      why: name === '' ? 'Nothing tells what it is for.' : `${name} does not tell whether it names a row.`,
    }
  return { verdict: 'change', why: `${name} is ${maker.what}; a ULID also tells its time.` }
}

/** Texts with values put in that are ids without any maker in them: of a name and a time, or of other names. */
function templatesOf(file: Looking): readonly Site[] {
  const { kind, value } = file.language.template
  return file.root.findAll({ rule: { kind, has: { kind: value } } }).flatMap(template => {
    const { node } = wrapped(template, file.language)
    const { name, names } = subjectOf(node, file)
    if (!isIdName(name) || !isIdShaped(template, file.language)) return []
    const site = {
      rule: 'text',
      node,
      span: spanOf(node),
      subject: name,
      parts: variablesIn(node, file),
      becomes: null,
    }
    return [{ ...site, ...judgeTemplate(template, name, names, file) }]
  })
}

function judgeTemplate(
  template: Node,
  name: string,
  names: readonly string[],
  file: Looking,
): Verdict & { readonly rule: string } {
  const left = whyLeft(names)
  if (left !== null) return { rule: 'text', verdict: 'leave', why: left }
  if (file.language.tests.test(file.name))
    return { rule: 'text', verdict: 'leave', why: 'A test makes this value for itself.' }
  const parent = parentIn(template, file)
  const values = valuesIn(template, file.language)
  const passing = values.some(each => isPassing(each, file))
  if (parent !== null)
    return passing
      ? { rule: 'child', verdict: 'ask', why: `It holds the id of another row, ${parent}.` }
      : {
          rule: 'child',
          verdict: 'leave',
          why: `It holds the id of its parent, ${parent}, and follows that.`,
        }
  if (passing)
    return {
      rule: 'name-timestamp',
      verdict: 'change',
      why: `${name} is made of a time: two of one moment are the same.`,
    }
  return {
    rule: 'natural-key',
    verdict: 'ask',
    why: 'It is a natural key: the same thing gets the same id. That wants a UNIQUE on what it is made of first.',
  }
}

/** Climbs from a value over all that only spells it otherwise. */
function wrapped(core: Node, { wraps, texts }: Language): { readonly node: Node; readonly text: boolean } {
  let node = core
  let text = false
  for (;;) {
    const parent = parentOf(node)
    if (parent === null || !wraps.some(rule => parent.matches({ rule }))) return { node, text }
    text ||= texts.some(rule => parent.matches({ rule }))
    node = parent
  }
}

/** The parent; of an only argument, the call. */
function parentOf(node: Node): Node | null {
  const parent = node.parent()
  const kind = String(parent?.kind())
  if (kind !== 'argument_list' && kind !== 'arguments') return parent
  return parent?.namedChildren().length === 1 ? (parent.parent() ?? null) : null
}

function templateAround(node: Node, { template }: Language): Node | null {
  const parent = node.parent()
  return parent?.kind() === template.value ? parent.parent() : null
}

/** Whether the text around the values is that of an id: no blanks, no folders, no endings of file names. */
function isIdShaped(template: Node, language: Language): boolean {
  const around = template
    .children()
    .filter(each => each.kind() === language.template.content)
    .map(each => each.text())
  return around.every(text => /^[\w:-]*$/.test(text))
}

function valuesIn(template: Node, language: Language): readonly Node[] {
  return template
    .findAll({ rule: { kind: language.template.value } })
    .flatMap(each => each.namedChildren().slice(0, 1))
}

/** Whether a value is another at another moment: a time, or chance. Of a variable, what it was assigned tells. */
function isPassing(value: Node, file: Looking): boolean {
  const assigned = assignedTo(value, file)
  const text = assigned?.text() ?? value.text()
  return (
    file.language.time.test(text) ||
    file.language.time.test(value.text()) ||
    tellsChance(assigned ?? value, file)
  )
}

function tellsChance(node: Node, file: Looking): boolean {
  const span = spanOf(node)
  if (file.chance.some(each => isInside(each, span)) || file.language.time.test(node.text())) return true
  return variablesIn(node, file).some(each => {
    const assigned = assignedTo(each, file)
    return assigned !== null && !isInside(span, spanOf(assigned)) && tellsTime(assigned, file)
  })
}

function tellsTime(node: Node, file: Looking): boolean {
  return file.language.time.test(node.text()) || /uuid|random|token/i.test(node.text())
}

/** The id of another row among the values, if any. */
function parentIn(template: Node, file: Looking): string | null {
  const found = valuesIn(template, file.language).find(value => {
    const name = /([\w$]+)$/.exec(value.text())?.[1] ?? ''
    return isIdName(name) && !isPassing(value, file)
  })
  return found?.text() ?? null
}

/** What the only assignment to a variable in its function gives it. */
function assignedTo(value: Node, file: Looking): Node | null {
  if (!file.language.kinds.identifiers.has(String(value.kind()))) return null
  const found = assignmentsOf(value, file)
  return found.length === 1 ? (found[0]!.field('right') ?? found[0]!.field('value')) : null
}

function assignmentsOf(variable: Node, file: Looking): readonly Node[] {
  const name = variable.text()
  return [...file.language.kinds.assignments].flatMap(kind =>
    scopeOf(variable, file)
      .findAll({ rule: { kind } })
      .filter(each => (each.field('left') ?? each.field('name'))?.text() === name),
  )
}

function variablesIn(node: Node, { language }: SourceFile): readonly Node[] {
  return [...language.kinds.identifiers].flatMap(kind => node.findAll({ rule: { kind } }))
}

function outermost(sites: readonly Site[]): readonly Site[] {
  const sorted = [...sites].sort(
    (a, b) => a.span.start - b.span.start || b.span.end - a.span.end || order(a) - order(b),
  )
  const kept: Site[] = []
  for (const site of sorted) if (!kept.some(each => isInside(site.span, each.span))) kept.push(site)
  return kept
}

/** Of two for the same expression, the one that knows more about it. */
const order = ({ rule }: Site) => (rule === 'graph-key' ? 0 : templates.has(rule) ? 2 : 1)
const templates = new Set(['text', 'child', 'name-timestamp', 'natural-key'])

/** A variable that only goes into an id made elsewhere is a part of that, and no id of its own. */
function withoutParts(sites: readonly Site[], file: Looking): readonly Site[] {
  const parts = sites.flatMap(site => site.parts.map(variable => ({ variable, site })))
  return sites.map(site => {
    const whole = parts.find(({ variable, site: other }) => {
      const assigned = other === site ? null : assignedTo(variable, file)
      return assigned !== null && isInside(site.span, spanOf(assigned))
    })
    if (whole === undefined) return site
    const line = whole.site.node.range().start.line + 1
    return {
      ...site,
      verdict: 'leave',
      why: `It is a part of ${whole.site.subject || 'the text'} in line ${line}.`,
    }
  })
}
