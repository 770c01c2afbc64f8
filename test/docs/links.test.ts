import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { shellLines } from './command-lines.ts'
import { code, page, pages, prose, root } from './pages.ts'

const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
    .scripts,
)

/** As GitHub names a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
}

test.each(pages)('every link of %s leads somewhere', path => {
  const links = [...prose(page(path)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '')
  for (const link of links.filter(each => !/^https?:/.test(each))) {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : join(dirname(path), file)
    expect(existsSync(join(root, target)), `${path} -> ${link}`).toBe(true)
    if (anchor === undefined) continue
    const headings = [...page(target).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? ''))
    expect(headings, `${path} -> ${link}`).toContain(anchor)
  }
})

test.each(pages)('every npm script that %s names exists', path => {
  const lines = [...shellLines(path), ...code(prose(page(path)))]
  const named = lines.flatMap(line => [...line.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)])
  for (const [line, run, plain] of named) expect(scripts, `${path}: ${line}`).toContain(run ?? plain)
})

test.each(pages)('every file of the source and the tests that %s names exists', path => {
  const named = code(prose(page(path))).filter(each => /^(?:src|test|bench|\.ci|docs)\/[\w./-]+$/.test(each))
  for (const file of named.filter(each => !each.includes('NAME')))
    expect(existsSync(join(root, file)), `${path}: ${file}`).toBe(true)
})

test('.ci/run can be executed', () => {
  expect(() => accessSync(join(root, '.ci/run'), constants.X_OK)).not.toThrow()
})
