/** A note on the board. */
export interface Note {
  readonly id: number
  readonly author: string
  readonly title: string
  readonly body: string
  /** Name of the uploaded picture's file, or null. */
  readonly picture: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** What is known of a person who may sign in. */
export interface Person {
  readonly name: string
  readonly passwordHash: string
}

/** The noticeboard's data, in memory: it is gone when the demo stops. */
export class Board {
  readonly #notes = new Map<number, Note>()
  readonly #people = new Map<string, Person>()
  #lastId = 0

  /** The notes, newest first. */
  notes(): Note[] {
    return [...this.#notes.values()].toReversed()
  }

  note(id: number): Note | undefined {
    return this.#notes.get(id)
  }

  add(note: Omit<Note, 'id' | 'createdAt'>): Note {
    this.#lastId += 1
    const added: Note = { ...note, id: this.#lastId, createdAt: Date.now() }
    this.#notes.set(added.id, added)
    return added
  }

  /** Whether there was such a note. */
  remove(id: number): boolean {
    return this.#notes.delete(id)
  }

  person(name: string): Person | undefined {
    return this.#people.get(name)
  }

  addPerson(person: Person): void {
    this.#people.set(person.name, person)
  }
}
