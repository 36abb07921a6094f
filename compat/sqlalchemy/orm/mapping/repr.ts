import type { InstanceState } from './state.ts'

const numbers = new WeakMap<object, number>()
let last = 0

/** A number that is the instance's own, as Python's `id()`. */
export function instanceNumber(instance: object): number {
  let number = numbers.get(instance)
  if (number === undefined) {
    last += 1
    number = last
    numbers.set(instance, number)
  }
  return number
}

/** `<User at 0x1>`, as SQLAlchemy's messages name an instance. */
export function instanceText(state: InstanceState): string {
  return `<${state.mapper.modelClass.name} at 0x${instanceNumber(state.obj).toString(16)}>`
}

/** `<User 1>`, `<User (transient 1)>`, `<User (pending 1)>`: Flask-SQLAlchemy's `Model.__repr__`. */
export function modelText(state: InstanceState): string {
  const { name } = state.mapper.modelClass
  if (state.status === 'transient' || state.status === 'pending') {
    return `<${name} (${state.status} ${instanceNumber(state.obj)})>`
  }
  const key = state.mapper.primaryKey.map((property) => String(state.dict[property.key]))
  return `<${name} ${key.join(', ')}>`
}
