/** What the readers of JSON text and of JSONB tell, one token after the other, in the order of the bytes. */

/** How the content of a string is written: as it is, with the escapes of JSON, with those of JSON5. */
export type Escapes = 'none' | 'json' | 'json5'

export interface Token {
  readonly kind: 'object' | 'array' | 'end' | 'key' | 'string' | 'number' | 'other'
  /** All of the token: a string with its quotes, an element of JSONB with its header. */
  readonly start: number
  readonly end: number
  /** What is between the quotes, or behind the header. */
  readonly from: number
  readonly to: number
  readonly escapes: Escapes
  /** In JSONB. */
  readonly element: JsonbElement | null
}

/** An element of JSONB, whose header says how long it is; so do those of all that it is in. */
export interface JsonbElement {
  readonly at: number
  readonly type: number
  readonly from: number
  readonly to: number
  readonly parent: JsonbElement | null
}
