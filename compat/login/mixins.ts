import type { UserLike } from './types.ts'

/** The members that {@link UserMixin} gives to a user; a class may have its own of each. */
export interface UserMixin extends UserLike {
  isActive: boolean
  isAuthenticated: boolean
  isAnonymous: boolean
  /**
   * The text of the user's `id`.
   * @throws {TypeError} when there is none.
   */
  getId(): string
  /** Whether the other one is a user with the same id (Python's `==`). */
  equals(other: unknown): boolean
}

type Constructor = new (...args: never[]) => object

/** {@link UserMixin} is a class to extend, and a function that adds its members to a class. */
export interface UserMixinClass {
  new (): UserMixin
  <Base extends Constructor>(
    base: Base,
  ): (new (
    ...args: ConstructorParameters<Base>
  ) => InstanceType<Base> & UserMixin) &
    Omit<Base, 'prototype'>
  readonly prototype: UserMixin
}

const members: PropertyDescriptorMap & ThisType<UserMixin & { readonly id?: unknown }> = {
  isActive: {
    configurable: true,
    get: () => true,
  },
  isAuthenticated: {
    configurable: true,
    get() {
      return (this as UserMixin).isActive
    },
  },
  isAnonymous: {
    configurable: true,
    get: () => false,
  },
  getId: {
    configurable: true,
    writable: true,
    value(this: { readonly id?: unknown }): string {
      if (this.id === undefined || this.id === null) {
        throw new TypeError('The user has no `id`: set one, or write a getId() of your own.')
      }
      return String(this.id)
    },
  },
  equals: {
    configurable: true,
    writable: true,
    value(this: UserMixin, other: unknown): boolean {
      return isUser(other) && other.getId() === this.getId()
    },
  },
}

/** Marks what has the mixin's members, also where they were added to another class. */
const MIXED: unique symbol = Symbol('bustapi.login.user')

const isUser = (value: unknown): value is UserMixin =>
  typeof value === 'object' && value !== null && MIXED in value

function addMembers(prototype: object): void {
  Object.defineProperties(prototype, members)
  Object.defineProperty(prototype, MIXED, { value: true })
}

/**
 * A user's members with their usual values (Flask-Login's `UserMixin`): active, authenticated while
 * active, not anonymous, and `getId()` from `id`.
 *
 * @example
 * class User extends UserMixin { … }
 * class Account extends UserMixin(Model) { … } // beside another base class
 */
export const UserMixin: UserMixinClass = function mixin(
  this: unknown,
  base?: Constructor,
): unknown {
  if (new.target !== undefined || base === undefined) return undefined
  const mixed = class extends base {}
  Object.defineProperty(mixed, 'name', { value: base.name })
  addMembers(mixed.prototype)
  return mixed
} as unknown as UserMixinClass

Object.defineProperty(UserMixin, 'name', { value: 'UserMixin' })
addMembers(UserMixin.prototype)
Object.defineProperty(UserMixin, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    return this === UserMixin
      ? isUser(value)
      : Function.prototype[Symbol.hasInstance].call(this as object, value)
  },
})

/** The user where nobody has logged in (Flask-Login's `AnonymousUserMixin`). */
export class AnonymousUserMixin implements UserLike {
  get isActive(): boolean {
    return false
  }

  get isAuthenticated(): boolean {
    return false
  }

  get isAnonymous(): boolean {
    return true
  }

  getId(): string | null {
    return null
  }
}
