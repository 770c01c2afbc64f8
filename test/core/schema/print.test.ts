import { describe, expect, it } from 'vitest'
import type { SchemaObject } from '../../../src/core/schema/model.ts'
import { movedSince, printOf } from '../../../src/core/schema/print.ts'

const table: SchemaObject = { type: 'table', name: 'jobs', table: 'jobs', sql: 'CREATE TABLE jobs(id)' }
const trigger: SchemaObject = { type: 'trigger', name: 'jobs', table: 'jobs', sql: 'CREATE TRIGGER jobs ...' }

describe('what moved in a schema', () => {
  it('is nothing where all is as it was, in whatever order', () => {
    expect(movedSince(printOf([table, trigger]), [trigger, table])).toEqual([])
  })

  it('is named: new, gone, or with another text', () => {
    const before = printOf([table, { ...trigger, name: 'old' }])
    const now = [{ ...table, sql: 'CREATE TABLE jobs(id, more)' }, trigger]
    expect(movedSince(before, now)).toEqual([
      'trigger jobs is new',
      'trigger old is gone',
      'table jobs has another text',
    ])
  })
})
