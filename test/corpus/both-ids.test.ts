import { describe, expect, test } from 'vitest'
import { expandAndWrite } from './both-ids.ts'
import { corpusDatabases, corpusExists, corpusFolder, pathOf } from './folder.ts'

/** The quick ones of every shape; `npm run corpus` takes all. */
const share = ['chrome/History_60', 'sqlite-edge/negativepk.sqlite']

describe.skipIf(!corpusExists)(`the databases in ${corpusFolder}, both ids live`, () => {
  const names = corpusExists ? corpusDatabases().filter(name => share.includes(name)) : share
  test.each(names)(
    '%s: its program does what it did, both sides stay in step, and nothing is left',
    async name => {
      expect(await expandAndWrite(pathOf(name))).toMatchObject({ end: 'as it should', why: '' })
    },
  )
})
