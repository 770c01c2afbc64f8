import { readUuid } from './uuid.ts'

/** Words such as a programmer puts before an id: `user`, `Order`, `PR`, `sk_live`, `oauth2`. */
const prefix = /^(?:[A-Z]?[a-z]+|[A-Z]+)\d?(?:[-_:.](?:[A-Z]?[a-z]+|[A-Z]+)\d?)*$/
const separator = /[-_:]/g
const number = /^\d+$/
const hex = /^[0-9a-f]{8,}$/i
/** Base 62 with a digit somewhere, but no word with a number after it (`login2`). */
const mixed = /^(?![A-Za-z]+\d{1,3}$)(?=.*\d)[0-9A-Za-z]{6,}$/

/** Whether a text is words, a separator, and one token that looks made by a machine: `err-1a2b3c4d`, `user_42`. */
export function isPrefixed(text: string): boolean {
  for (const { index } of text.matchAll(separator)) {
    if (isToken(text.slice(index + 1)) && prefix.test(text.slice(0, index))) return true
  }
  return false
}

/** A ULID, an ObjectId and the like are mixed, too: they begin with a digit or hold one. */
function isToken(text: string): boolean {
  return number.test(text) || hex.test(text) || mixed.test(text) || readUuid(text) !== null
}
