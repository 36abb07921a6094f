import { DetachedInstanceError, InvalidRequestError } from '../../errors.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { instanceText } from './repr.ts'
import type { InstanceState } from './state.ts'

/** How the relationship of this instance is loaded: as an option of its query says, else the mapper. */
export function strategyOf(state: InstanceState, property: RelationshipProperty): string {
  return state.loadOptions?.strategyOf(property) ?? property.lazy
}

/** Why a relationship that is not loaded cannot be loaded now; `undefined` when it can. */
export function loadProblem(
  state: InstanceState,
  property: RelationshipProperty,
): Error | undefined {
  const lazy = strategyOf(state, property)
  if (lazy === 'raise' || lazy === 'raise_on_sql') {
    return new InvalidRequestError(`'${property}' is not available due to lazy='${lazy}'`)
  }
  if (state.session !== null) return undefined
  return new DetachedInstanceError(
    `Parent instance ${instanceText(state)} is not bound to a Session; ` +
      `lazy load operation of attribute '${property.key}' cannot proceed`,
  )
}

/** Why a column that is not loaded cannot be read. */
export function columnProblem(state: InstanceState, key: string): Error {
  if (state.session === null) {
    return new DetachedInstanceError(
      `Instance ${instanceText(state)} is not bound to a Session; ` +
        `attribute refresh operation cannot proceed`,
    )
  }
  const { name } = state.mapper.modelClass
  return new InvalidRequestError(
    `'${name}.${key}' is not loaded: it was expired or deferred. ` +
      `Load it with 'await db.session.refresh(instance)'`,
  )
}
