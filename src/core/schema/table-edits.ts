/** All edits of stored schema text; each has its reason beside it, in the file it comes from. */
export {
  addColumn,
  insertColumnConstraint,
  removeColumn,
  removeColumnConstraint,
  renameColumnDefinition,
  setColumnType,
} from './column-edits.ts'
export { nameUses } from './name-uses.ts'
export { makeReferenceExplicit, retargetReference } from './reference-edits.ts'
export { applyEdits, type TextEdit } from './text-edits.ts'
