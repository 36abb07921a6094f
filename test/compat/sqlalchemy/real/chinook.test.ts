import { describe } from 'vitest'
import { askQuestions, columnOf, type Question } from './ask.ts'
import {
  Album,
  Artist,
  Customer,
  chinookRows,
  db,
  Employee,
  Genre,
  Invoice,
  InvoiceLine,
  Playlist,
  playlistTrack,
  Track,
} from './chinook.ts'

const { func } = db

const rows = async (statement: Parameters<typeof db.session.execute>[0]) =>
  (await db.session.execute(statement).all()).map((row) => [...row])

const QUESTIONS: readonly Question[] = [
  {
    question: 'the first ten tracks by name, then number',
    ask: async () =>
      (await Track.query.orderBy(Track.c.name, Track.c.id).limit(10).all()).map((track) => [
        track.id,
        track.name,
      ]),
    sql: 'SELECT "TrackId", "Name" FROM "Track" ORDER BY "Name", "TrackId" LIMIT 10',
  },
  {
    question: 'tracks without an album',
    ask: async () =>
      (await Track.query.filter(Track.c.albumId.isNull()).orderBy(Track.c.id).all()).map(
        ({ id }) => id,
      ),
    sql: 'SELECT "TrackId" FROM "Track" WHERE "AlbumId" IS NULL ORDER BY "TrackId"',
  },
  {
    question: 'tracks between four and five minutes of one genre',
    ask: () =>
      rows(
        db
          .select(Track.c.id, Track.c.milliseconds)
          .where(Track.c.milliseconds.between(240_000, 300_000), Track.c.genreId.eq(2))
          .orderBy(Track.c.id),
      ),
    sql: 'SELECT "TrackId", "Milliseconds" FROM "Track" WHERE "Milliseconds" BETWEEN 240000 AND 300000 AND "GenreId" = 2 ORDER BY "TrackId"',
  },
  {
    question: 'how many tracks each genre has, those without any included',
    ask: () =>
      rows(
        db
          .select(Genre.c.name, func.count(Track.c.id).label('tracks'))
          .outerjoin(Genre.c.tracks)
          .groupBy(Genre.c.id, Genre.c.name)
          .orderBy(Genre.c.id),
      ),
    sql: 'SELECT g."Name", count(t."TrackId") AS tracks FROM "Genre" g LEFT JOIN "Track" t ON t."GenreId" = g."GenreId" GROUP BY g."GenreId", g."Name" ORDER BY g."GenreId"',
  },
  {
    question: 'genres with more than 150 tracks',
    ask: () =>
      rows(
        db
          .select(Genre.c.name, func.count())
          .join(Genre.c.tracks)
          .groupBy(Genre.c.id, Genre.c.name)
          .having(func.count().gt(150))
          .orderBy(Genre.c.id),
      ),
    sql: 'SELECT g."Name", count(*) AS n FROM "Genre" g JOIN "Track" t ON t."GenreId" = g."GenreId" GROUP BY g."GenreId", g."Name" HAVING count(*) > 150 ORDER BY g."GenreId"',
  },
  {
    question: 'the five artists with the longest music',
    ask: () =>
      rows(
        db
          .select(Artist.c.id, func.sum(Track.c.milliseconds).label('length'))
          .join(Artist.c.albums)
          .join(Album.c.tracks)
          .groupBy(Artist.c.id)
          .orderBy(func.sum(Track.c.milliseconds).desc(), Artist.c.id)
          .limit(5),
      ),
    sql: 'SELECT ar."ArtistId", sum(t."Milliseconds") AS length FROM "Artist" ar JOIN "Album" al ON al."ArtistId" = ar."ArtistId" JOIN "Track" t ON t."AlbumId" = al."AlbumId" GROUP BY ar."ArtistId" ORDER BY sum(t."Milliseconds") DESC, ar."ArtistId" LIMIT 5',
  },
  {
    question: 'artists without an album',
    ask: async () =>
      (await Artist.query.filter(Artist.c.albums.any().not()).orderBy(Artist.c.id).all()).map(
        ({ id }) => id,
      ),
    sql: 'SELECT ar."ArtistId" FROM "Artist" ar WHERE NOT EXISTS (SELECT 1 FROM "Album" al WHERE al."ArtistId" = ar."ArtistId") ORDER BY ar."ArtistId"',
  },
  {
    question: 'albums whose title has a percent sign or quotes',
    ask: () =>
      rows(
        db
          .select(Album.c.id, Album.c.title)
          .where(Album.c.title.contains('100% "', { autoescape: true }))
          .orderBy(Album.c.id),
      ),
    sql: `SELECT "AlbumId", "Title" FROM "Album" WHERE "Title" LIKE '%100!% _true%' ESCAPE '!' ORDER BY "AlbumId"`,
  },
  {
    question: 'the turnover of each country and year',
    ask: () =>
      rows(
        db
          .select(
            Invoice.c.billingCountry,
            db.extract('year', Invoice.c.invoiceDate).label('year'),
            func.sum(Invoice.c.total).label('total'),
          )
          .where(Invoice.c.billingCountry.isNotNull())
          .groupBy(Invoice.c.billingCountry, db.extract('year', Invoice.c.invoiceDate))
          .orderBy('billingCountry', 'year'),
      ),
    sql: 'SELECT "BillingCountry", year("InvoiceDate") AS y, sum("Total") AS total FROM "Invoice" WHERE "BillingCountry" IS NOT NULL GROUP BY "BillingCountry", year("InvoiceDate") ORDER BY "BillingCountry", y',
  },
  {
    question: 'who buys for more than the average customer',
    ask: async () => {
      const spent = db
        .select(Invoice.c.customerId.label('customer'), func.sum(Invoice.c.total).label('total'))
        .groupBy(Invoice.c.customerId)
        .subquery('spent')
      return rows(
        db
          .select(spent.c.customer)
          .where(spent.c.total.gt(db.select(func.avg(spent.c.total)).scalarSubquery() as never))
          .orderBy(spent.c.customer),
      )
    },
    sql: 'WITH spent AS (SELECT "CustomerId" AS customer, sum("Total") AS total FROM "Invoice" GROUP BY "CustomerId") SELECT customer FROM spent WHERE total > (SELECT avg(total) FROM spent) ORDER BY customer',
  },
  {
    question: 'customers, and who looks after them, if anybody',
    ask: async () => {
      const found = await db.session
        .execute(
          db
            .select(Customer, Employee)
            .outerjoin(Customer.c.supportRep)
            .orderBy(Customer.c.id)
            .limit(20),
        )
        .all()
      return found.map(([customer, rep]) => [customer.email, rep?.lastName ?? null])
    },
    sql: 'SELECT c."Email", e."LastName" FROM "Customer" c LEFT JOIN "Employee" e ON e."EmployeeId" = c."SupportRepId" ORDER BY c."CustomerId" LIMIT 20',
  },
  {
    question: 'everybody below the general manager, with the depth',
    ask: async () => {
      const top = db
        .select(Employee.c.id.label('id'), db.literal(0).label('depth'))
        .where(Employee.c.reportsTo.isNull())
        .cte({ name: 'chain', recursive: true })
      const chain = top.unionAll(
        db
          .select(Employee.c.id, top.c.depth.add(1))
          .joinFrom(Employee, top, Employee.c.reportsTo.eq(top.c.id)),
      )
      return rows(db.select(chain.c.id, chain.c.depth).orderBy(chain.c.depth, chain.c.id))
    },
    sql: 'WITH RECURSIVE chain (id, depth) AS (SELECT "EmployeeId", 0 FROM "Employee" WHERE "ReportsTo" IS NULL UNION ALL SELECT e."EmployeeId", chain.depth + 1 FROM "Employee" e JOIN chain ON e."ReportsTo" = chain.id) SELECT id, depth FROM chain ORDER BY depth, id',
  },
  {
    question: 'each employee beside the manager',
    ask: async () => {
      const Manager = db.aliased(Employee)
      return rows(
        db
          .select(Employee.c.lastName, Manager.c.lastName)
          .joinFrom(Employee, Manager, Employee.c.reportsTo.eq(Manager.c.id))
          .orderBy(Employee.c.id),
      )
    },
    sql: 'SELECT e."LastName" AS employee, m."LastName" AS manager FROM "Employee" e JOIN "Employee" m ON e."ReportsTo" = m."EmployeeId" ORDER BY e."EmployeeId"',
  },
  {
    question: 'playlists and their number of tracks by the association table',
    ask: () =>
      rows(
        db
          .select(Playlist.c.id, func.count(columnOf(playlistTrack, 'TrackId')))
          .outerjoin(playlistTrack, columnOf(playlistTrack, 'PlaylistId').eq(Playlist.c.id))
          .groupBy(Playlist.c.id)
          .orderBy(Playlist.c.id),
      ),
    sql: 'SELECT p."PlaylistId", count(pt."TrackId") AS n FROM "Playlist" p LEFT JOIN "PlaylistTrack" pt ON pt."PlaylistId" = p."PlaylistId" GROUP BY p."PlaylistId" ORDER BY p."PlaylistId"',
  },
  {
    question: 'tracks that are on three playlists or more, through the relationship',
    ask: () =>
      rows(
        db
          .select(Track.c.id, func.count(Playlist.c.id))
          .join(Track.c.playlists)
          .groupBy(Track.c.id)
          .having(func.count(Playlist.c.id).ge(3))
          .orderBy(Track.c.id),
      ),
    sql: 'SELECT t."TrackId", count(pt."PlaylistId") AS n FROM "Track" t JOIN "PlaylistTrack" pt ON pt."TrackId" = t."TrackId" GROUP BY t."TrackId" HAVING count(pt."PlaylistId") >= 3 ORDER BY t."TrackId"',
  },
  {
    question: 'the dearest invoice of each customer by a window',
    ask: async () => {
      const ranked = db
        .select(
          Invoice.c.customerId,
          Invoice.c.id.label('invoice'),
          func
            .row_number()
            .over({
              partitionBy: Invoice.c.customerId,
              orderBy: [Invoice.c.total.desc(), Invoice.c.id],
            })
            .label('place'),
        )
        .subquery('ranked')
      return rows(
        db
          .select(ranked.c.customerId, ranked.c.invoice)
          .where(ranked.c.place.eq(1))
          .orderBy(ranked.c.customerId),
      )
    },
    sql: 'SELECT customer, invoice FROM (SELECT "CustomerId" AS customer, "InvoiceId" AS invoice, row_number() OVER (PARTITION BY "CustomerId" ORDER BY "Total" DESC, "InvoiceId") AS place FROM "Invoice") ranked WHERE place = 1 ORDER BY customer',
  },
  {
    question: 'tracks by length, in words',
    ask: () =>
      rows(
        db
          .select(
            Track.c.id,
            db
              .case(
                [
                  [Track.c.milliseconds.lt(120_000), 'short'],
                  [Track.c.milliseconds.gt(480_000), 'long'],
                ],
                { else: 'usual' },
              )
              .label('words'),
          )
          .orderBy(Track.c.id)
          .limit(60),
      ),
    sql: `SELECT "TrackId", CASE WHEN "Milliseconds" < 120000 THEN 'short' WHEN "Milliseconds" > 480000 THEN 'long' ELSE 'usual' END AS words FROM "Track" ORDER BY "TrackId" LIMIT 60`,
  },
  {
    question: 'countries of customers and of invoices, each once',
    ask: () =>
      rows(
        db
          .union(
            db.select(Customer.c.country.label('country')).where(Customer.c.country.isNotNull()),
            db.select(Invoice.c.billingCountry).where(Invoice.c.billingCountry.isNotNull()),
          )
          .orderBy('country'),
      ),
    sql: 'SELECT "Country" AS country FROM "Customer" WHERE "Country" IS NOT NULL UNION SELECT "BillingCountry" FROM "Invoice" WHERE "BillingCountry" IS NOT NULL ORDER BY country',
  },
  {
    question: 'invoices whose total is not the sum of their lines: none but those without lines',
    ask: async () => {
      const sum = db
        .select(func.sum(InvoiceLine.c.unitPrice.mul(InvoiceLine.c.quantity as never)))
        .where(InvoiceLine.c.invoiceId.eq(Invoice.c.id))
        .scalarSubquery()
      return rows(db.select(Invoice.c.id).where(sum.isNull()).orderBy(Invoice.c.id))
    },
    sql: 'SELECT i."InvoiceId" FROM "Invoice" i WHERE NOT EXISTS (SELECT 1 FROM "InvoiceLine" l WHERE l."InvoiceId" = i."InvoiceId") ORDER BY i."InvoiceId"',
  },
  {
    question: 'albums with their artist and tracks, loaded with them',
    ask: async () => {
      const albums = await db.session
        .scalars(
          db
            .select(Album)
            .options(db.joinedload(Album.c.artist), db.selectinload(Album.c.tracks))
            .orderBy(Album.c.id)
            .limit(30),
        )
        .all()
      return Promise.all(
        albums.map(async (album) => [
          album.id,
          (await album.artist)?.name ?? null,
          (await album.tracks).length,
        ]),
      )
    },
    sql: 'SELECT al."AlbumId", ar."Name", (SELECT count(*) FROM "Track" t WHERE t."AlbumId" = al."AlbumId") AS tracks FROM "Album" al JOIN "Artist" ar ON ar."ArtistId" = al."ArtistId" ORDER BY al."AlbumId" LIMIT 30',
  },
]

describe('a shop of music', () => {
  askQuestions(db, chinookRows(), QUESTIONS)
})
