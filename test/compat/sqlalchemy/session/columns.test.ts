import { randomUUID } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../../../../compat/sqlalchemy/dialects/engine.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import type { RelatedList } from '../../../../compat/sqlalchemy/orm/mapping/related-list.ts'
import type { AppenderQuery } from '../../../../compat/sqlalchemy/orm/session/appender.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { ForeignKeyConstraint } from '../../../../compat/sqlalchemy/schema/constraints.ts'
import { eachDatabase } from '../databases.ts'
import { mappingDb } from '../mapping/mapping-db.ts'
import type { Model } from './blog-db.ts'

interface Entry {
  id: number
  note: string | null
  made: string | null
  state: string | null
  touched: string | null
  counted: number
}
interface Place {
  country: string
  city: string
  people: number | null
  shops: RelatedList<Shop>
}
interface Shop {
  id: string
  country: string | null
  city: string | null
  place: Place | null
}
interface Ball {
  id: number
  personId: number | null
  person: Person | null
}
interface Person {
  id: number
  favoriteId: number | null
  favorite: Ball | null
  balls: RelatedList<Ball>
}
interface Album {
  id: number
  songs: AppenderQuery<Song>
}
interface Song {
  id: number
  name: string
  albumId: number | null
}

function models(): {
  db: ReturnType<typeof mappingDb>
  Entry: Model<Entry>
  Place: Model<Place>
  Shop: Model<Shop>
  Ball: Model<Ball>
  Person: Model<Person>
  Album: Model<Album>
  Song: Model<Song>
} {
  const db = mappingDb()
  let calls = 0
  class Entry extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    note = db.Column(db.String(20))
    made = db.Column(db.String(20), { default: 'now' })
    state = db.Column(db.String(20), { serverDefault: 'open' })
    touched = db.Column(db.String(20), { onupdate: () => 'touched' })
    counted = db.Column(db.Integer, {
      default: () => {
        calls += 1
        return calls
      },
    })
  }
  class Place extends db.Model {
    country = db.Column(db.String(2), { primaryKey: true })
    city = db.Column(db.String(20), { primaryKey: true })
    people = db.Column(db.Integer, { serverDefault: '7' })
    shops = db.relationship(() => Shop, { backPopulates: 'place' })
  }
  class Shop extends db.Model {
    static tableArgs = [
      new ForeignKeyConstraint(['country', 'city'], ['place.country', 'place.city']),
    ]
    id = db.Column(db.String(40), { primaryKey: true, default: () => randomUUID() })
    country = db.Column(db.String(2))
    city = db.Column(db.String(20))
    place = db.relationship(() => Place, { backPopulates: 'shops' })
  }
  class Ball extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    personId = db.Column(db.Integer, db.ForeignKey('person.id'))
    person = db.relationship(() => Person, {
      backPopulates: 'balls',
      foreignKeys: () => (Ball as never as { c: Record<string, unknown> }).c.personId,
    })
  }
  class Person extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    favoriteId = db.Column(
      db.Integer,
      db.ForeignKey('ball.id', { useAlter: true, name: 'fk_favorite' }),
    )
    favorite = db.relationship(() => Ball, {
      foreignKeys: () => (Person as never as { c: Record<string, unknown> }).c.favoriteId,
      postUpdate: true,
    })
    balls = db.relationship(() => Ball, {
      backPopulates: 'person',
      cascade: 'all, delete-orphan',
      foreignKeys: () => (Ball as never as { c: Record<string, unknown> }).c.personId,
    })
  }
  class Album extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    songs = db.relationship(() => Song, { lazy: 'dynamic' })
  }
  class Song extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
    albumId = db.Column(db.Integer, db.ForeignKey('album.id'))
  }
  return { db, Entry, Place, Shop, Ball, Person, Album, Song } as never
}

eachDatabase((database) => {
  let m: ReturnType<typeof models>
  let uri: string
  let engine: Engine
  let session: Session
  const statements: string[] = []

  beforeEach(async () => {
    m = models()
    uri = await database.create()
    const sqlite = uri.startsWith('sqlite')
    engine = createEngine(uri, sqlite ? { connectArgs: { pragmas: { foreign_keys: 'on' } } } : {})
    await m.db.metadata.createAll(engine)
    engine.on('statement', ({ sql }) => statements.push(sql))
    statements.length = 0
    session = new Session({ bind: engine })
  })
  afterEach(async () => {
    await session.close()
    await engine.dispose()
    await database.drop(uri)
  })

  const count = (verb: RegExp): number => statements.filter((sql) => verb.test(sql)).length

  describe('defaults', () => {
    it('of columns, functions and the database are in the objects after the flush', async () => {
      const entries = [
        new m.Entry(),
        new m.Entry({ made: null, state: 'shut' }),
        new m.Entry({ note: 'x' }),
      ]
      session.addAll(entries)
      await session.flush()
      expect(entries.map(({ made }) => made)).toEqual(['now', 'now', 'now'])
      expect(entries.map(({ state }) => state)).toEqual(['open', 'shut', 'open'])
      expect(new Set(entries.map(({ counted }) => counted)).size).toBe(3)
      expect(entries.map(({ touched }) => touched)).toEqual([null, null, null])
    })

    it('at UPDATE fill columns that are not named', async () => {
      const entry = new m.Entry()
      session.add(entry)
      await session.commit()
      entry.note = 'x'
      await session.flush()
      expect(entry.touched).toBe('touched')
      entry.touched = 'mine'
      await session.flush()
      expect(entry.touched).toBe('mine')
      await session.rollback()
      expect([entry.note, entry.touched]).toEqual([null, null])
    })
  })

  describe('keys', () => {
    it('of several columns and of text go through relationships', async () => {
      const places = ['oslo', 'bergen'].map((city) => new m.Place({ country: 'no', city }))
      const shops = places.flatMap((place) => [new m.Shop({ place }), new m.Shop({ place })])
      session.addAll(shops)
      await session.flush()
      expect(places.map(({ people }) => people)).toEqual([7, 7])
      expect(shops.map(({ city }) => city)).toEqual(['oslo', 'oslo', 'bergen', 'bergen'])
      await session.commit()
      const oslo = await session.get(m.Place, { country: 'no', city: 'oslo' })
      expect(oslo).toBe(places[0])
      session.delete(oslo as object)
      await session.commit()
      expect(shops.map(({ city }) => city)).toEqual([null, null, 'bergen', 'bergen'])
      expect(await session.get(m.Place, ['no', 'oslo'])).toBe(null)
    })

    it('of many rows are told without RETURNING too', async () => {
      const { dialect } = engine
      if (dialect.name !== 'mysql') return
      await session.execute(text('select 1'))
      Object.assign(dialect, { features: { ...dialect.features, insertReturning: false } })
      const songs = Array.from({ length: 300 }, (_, i) => new m.Song({ name: `s${i}` }))
      const entries = [new m.Entry(), new m.Entry()]
      session.addAll([...songs, ...entries])
      await session.flush()
      expect(count(/^insert/i)).toBe(2)
      expect(statements.some((sql) => /returning/i.test(sql))).toBe(false)
      expect(entries.map(({ state }) => state)).toEqual(['open', 'open'])
      const connection = await session.connection()
      const { rows } = await connection.execute(CompiledQuery.raw('select id, name from song'))
      const names = new Map(rows.map((row) => [row.id, row.name]))
      for (const { id, name } of songs) expect(names.get(id)).toBe(name)
    })
  })

  describe('rows that refer to each other', () => {
    it('are written with postUpdate, and deleted', async () => {
      const person = new m.Person({ balls: [new m.Ball(), new m.Ball()] })
      person.favorite = person.balls[1] as Ball
      session.add(person)
      await session.flush()
      expect(person.favoriteId).toBe((person.balls[1] as Ball).id)
      await session.commit()
      person.favorite = person.balls[0] as Ball
      await session.commit()
      const connection = await session.connection()
      const read = async (sql: string): Promise<unknown[]> =>
        (await connection.execute(CompiledQuery.raw(sql))).rows
      const column = engine.dialect.quote('favoriteId')
      expect(await read(`select ${column} as favorite from person`)).toEqual([
        { favorite: (person.balls[0] as Ball).id },
      ])
      session.delete(person)
      await session.flush()
      expect(await read('select * from ball')).toEqual([])
      expect(await read('select * from person')).toEqual([])
    })
  })

  describe('a dynamic relationship', () => {
    it('is a query that takes objects in and out', async () => {
      const album = new m.Album({ songs: [new m.Song({ name: 'a' })] })
      session.add(album)
      await session.commit()
      album.songs.append(new m.Song({ name: 'b' }))
      const SongC = (m.Song as never as { c: { name: { eq(v: string): never; asc(): never } } }).c
      const songs = await album.songs.orderBy(SongC.name.asc()).all()
      expect(songs.map(({ name }) => name)).toEqual(['a', 'b'])
      expect(await album.songs.filter(SongC.name.eq('b')).count()).toBe(1)
      album.songs.remove(songs[0] as Song)
      await session.commit()
      expect((await album.songs.all()).map(({ name }) => name)).toEqual(['b'])
      session.delete(album)
      await session.commit()
      expect((songs[1] as Song).albumId).toBe(null)
    })
  })
})
