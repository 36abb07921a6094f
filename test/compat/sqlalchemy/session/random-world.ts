// A plain model of what the database must hold, and random operations on objects and model alike. Each row
// carries its number in its text, so that rows and records find each other.

export interface Numbered {
  id: number | null
}
export interface UserRecord extends Numbered {
  age: number | null
}
export interface PostRecord extends Numbered {
  author: number | null
  tags: number[]
}
export interface TagRecord extends Numbered {
  revision: number
}
export interface ProfileRecord extends Numbered {
  user: number | null
}
export interface NodeRecord extends Numbered {
  parent: number | null
}
export interface PageRecord extends Numbered {
  revision: number
}

/** The model. Keys are the numbers of records. */
export interface World {
  users: Map<number, UserRecord>
  posts: Map<number, PostRecord>
  tags: Map<number, TagRecord>
  profiles: Map<number, ProfileRecord>
  nodes: Map<number, NodeRecord>
  pages: Map<number, PageRecord>
}

export type Kind = keyof World

/** No rows. */
export const emptyWorld = (): World => ({
  users: new Map(),
  posts: new Map(),
  tags: new Map(),
  profiles: new Map(),
  nodes: new Map(),
  pages: new Map(),
})
