import type { DetectedReference } from '../../documents.ts'

/** A reference inside of values, with the identity whose ids they are. */
export interface InsideReference extends DetectedReference {
  readonly of: { readonly target?: string; readonly table: string; readonly column: string }
}

/** Whether an id is not the whole value of the column, or not in every row. */
export function isInside<T extends Pick<DetectedReference, 'kind'>>(
  reference: T,
): reference is T & { readonly kind: 'json' | 'polymorphic' | 'embedded' } {
  return reference.kind === 'json' || reference.kind === 'polymorphic' || reference.kind === 'embedded'
}
