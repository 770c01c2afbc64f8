/** JSON documents as programs write them and as they might: any white space, any escape, any depth. */
import fc from 'fast-check'

export interface Written {
  readonly text: string
  /** Every path that leads to a text or a number, `[3]` and all, with what stands there. */
  readonly leaves: readonly { readonly path: string; readonly value: string | number }[]
}

const space = fc.constantFrom('', '', ' ', '\n', '\t \r\n')
const name = fc.oneof(
  fc.constantFrom('id', 'job', 'ids', 'a b', 'q"\\', 'ünï', '*', ''),
  fc.string({ maxLength: 4 }),
)

/** The text as JSON, each character escaped or not as `choice` has it. */
function spell(text: string, choice: readonly boolean[]): string {
  const units = [...text].map((char, at) =>
    choice[at % Math.max(1, choice.length)]
      ? [...Array(char.length).keys()]
          .map(unit => `\\u${char.charCodeAt(unit).toString(16).padStart(4, '0')}`)
          .join('')
      : JSON.stringify(char).slice(1, -1),
  )
  return `"${units.join('')}"`
}

const spelled = (texts: fc.Arbitrary<string>) =>
  fc
    .tuple(texts, fc.array(fc.boolean(), { maxLength: 5 }))
    .map(([text, choice]) => ({ text, spelled: spell(text, choice) }))

const step = (key: string) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`)

const wrap = (before: string, text: string, after: string, leaves: Written['leaves']): Written => ({
  text: `${before}${text}${after}`,
  leaves,
})

const { document: written } = fc.letrec<{ document: Written }>(tie => ({
  document: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'json' },
    fc
      .tuple(space, spelled(fc.string({ maxLength: 12, unit: 'grapheme' })), space)
      .map(([before, { text, spelled }, after]) => wrap(before, spelled, after, [{ path: '', value: text }])),
    fc
      .tuple(space, fc.integer(), space)
      .map(([before, value, after]) =>
        wrap(before, String(value === 0 ? 0 : value), after, [{ path: '', value }]),
      ),
    fc.constantFrom('true', 'false', 'null', '1.5', '-0', '1e3').map(text => wrap('', text, ' ', [])),
    fc.tuple(space, fc.array(tie('document'), { maxLength: 4 }), space).map(([before, items, after]) =>
      wrap(
        before,
        `[${items.map(each => each.text).join(',')}${items.length === 0 ? ' ' : ''}]`,
        after,
        items.flatMap((each, at) =>
          each.leaves.map(({ path, value }) => ({ path: `[${at}]${path}`, value })),
        ),
      ),
    ),
    fc
      .tuple(
        space,
        fc.uniqueArray(fc.tuple(spelled(name), space, tie('document')), {
          maxLength: 4,
          selector: ([key]) => key.text,
        }),
        space,
      )
      .map(([before, members, after]) =>
        wrap(
          before,
          `{${members.map(([key, gap, each]) => `${gap}${key.spelled}${gap}:${each.text}`).join(',')}}`,
          after,
          members.flatMap(([key, , each]) =>
            each.leaves.map(({ path, value }) => ({ path: `${step(key.text)}${path}`, value })),
          ),
        ),
      ),
  ),
}))

export const documents: fc.Arbitrary<Written> = written.map(({ text, leaves }) => ({
  text,
  leaves: leaves.map(({ path, value }) => ({ path: `$${path}`, value })),
}))
