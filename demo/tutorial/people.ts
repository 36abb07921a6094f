import { checkPasswordHash, generatePasswordHash } from 'bustapi'
import { UserMixin } from 'bustapi/login'

/** Somebody who signed up. */
export class Person extends UserMixin {
  readonly name: string
  motto = ''
  #passwordHash: string

  constructor(name: string, password: string) {
    super()
    this.name = name
    this.#passwordHash = generatePasswordHash(password)
  }

  override getId(): string {
    return this.name
  }

  hasPassword(password: string): boolean {
    return checkPasswordHash(this.#passwordHash, password)
  }

  setPassword(password: string): void {
    this.#passwordHash = generatePasswordHash(password)
  }
}

declare module 'bustapi/login' {
  interface CurrentUser extends Person {}
}

declare module 'bustapi/jwt' {
  interface CurrentUser extends Person {}
}

/** The people and the tokens that were revoked, in memory: gone when the demo stops. */
export class People {
  readonly #people = new Map<string, Person>()
  readonly #revoked = new Set<string>()

  find(name: string): Person | null {
    return this.#people.get(name) ?? null
  }

  /** The person of a name, if the password is right. */
  check(name: string, password: string): Person | null {
    const person = this.find(name)
    return person?.hasPassword(password) ? person : null
  }

  add(person: Person): void {
    this.#people.set(person.name, person)
  }

  revoke(jti: string): void {
    this.#revoked.add(jti)
  }

  isRevoked(jti: string): boolean {
    return this.#revoked.has(jti)
  }
}
