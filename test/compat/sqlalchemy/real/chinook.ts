import { SQLAlchemy } from 'bustapi/sqlalchemy'
import type { Rows } from './fill.ts'
import { RandomValues } from './random-values.ts'

/** A shop of music: the tables and keys of the Chinook database, with rows of our own. */
export const db = new SQLAlchemy()

export class Artist extends db.Model<Artist>() {
  static tablename = 'Artist'
  id = db.Column('ArtistId', db.Integer, { primaryKey: true })
  name = db.Column('Name', db.String(120))
  albums = db.relationship(() => Album, { backPopulates: 'artist', orderBy: () => Album.c.id })
}

export class Album extends db.Model<Album>() {
  static tablename = 'Album'
  id = db.Column('AlbumId', db.Integer, { primaryKey: true })
  title = db.Column('Title', db.String(160), { nullable: false })
  artistId = db.Column('ArtistId', db.Integer, db.ForeignKey('Artist.ArtistId'), {
    nullable: false,
    index: true,
  })
  artist = db.relationship(() => Artist, { backPopulates: 'albums', uselist: false })
  tracks = db.relationship(() => Track, { backPopulates: 'album', orderBy: () => Track.c.id })
}

export class Genre extends db.Model<Genre>() {
  static tablename = 'Genre'
  id = db.Column('GenreId', db.Integer, { primaryKey: true })
  name = db.Column('Name', db.String(120))
  tracks = db.relationship(() => Track, { backPopulates: 'genre' })
}

export class MediaType extends db.Model<MediaType>() {
  static tablename = 'MediaType'
  id = db.Column('MediaTypeId', db.Integer, { primaryKey: true })
  name = db.Column('Name', db.String(120))
}

export const playlistTrack = db.Table(
  'PlaylistTrack',
  db.Column('PlaylistId', db.Integer, db.ForeignKey('Playlist.PlaylistId'), { primaryKey: true }),
  db.Column('TrackId', db.Integer, db.ForeignKey('Track.TrackId'), { primaryKey: true }),
)

export class Playlist extends db.Model<Playlist>() {
  static tablename = 'Playlist'
  id = db.Column('PlaylistId', db.Integer, { primaryKey: true })
  name = db.Column('Name', db.String(120))
  tracks = db.relationship(() => Track, {
    secondary: playlistTrack,
    backPopulates: 'playlists',
    orderBy: () => Track.c.id,
  })
}

export class Track extends db.Model<Track>() {
  static tablename = 'Track'
  id = db.Column('TrackId', db.Integer, { primaryKey: true })
  name = db.Column('Name', db.String(200), { nullable: false })
  albumId = db.Column('AlbumId', db.Integer, db.ForeignKey('Album.AlbumId'), { index: true })
  mediaTypeId = db.Column('MediaTypeId', db.Integer, db.ForeignKey('MediaType.MediaTypeId'), {
    nullable: false,
  })
  genreId = db.Column('GenreId', db.Integer, db.ForeignKey('Genre.GenreId'), { index: true })
  composer = db.Column('Composer', db.String(220))
  milliseconds = db.Column('Milliseconds', db.Integer, { nullable: false })
  bytes = db.Column('Bytes', db.Integer)
  unitPrice = db.Column('UnitPrice', db.Numeric(10, 2), { nullable: false })
  album = db.relationship(() => Album, { backPopulates: 'tracks', uselist: false })
  genre = db.relationship(() => Genre, { backPopulates: 'tracks', uselist: false })
  mediaType = db.relationship(() => MediaType, { uselist: false })
  playlists = db.relationship(() => Playlist, {
    secondary: playlistTrack,
    backPopulates: 'tracks',
  })
}

export class Employee extends db.Model<Employee>() {
  static tablename = 'Employee'
  id = db.Column('EmployeeId', db.Integer, { primaryKey: true })
  lastName = db.Column('LastName', db.String(20), { nullable: false })
  firstName = db.Column('FirstName', db.String(20), { nullable: false })
  title = db.Column('Title', db.String(30))
  reportsTo = db.Column('ReportsTo', db.Integer, db.ForeignKey('Employee.EmployeeId'))
  hireDate = db.Column('HireDate', db.DateTime)
  manager = db.relationship(() => Employee, {
    remoteSide: () => [Employee.c.id],
    backPopulates: 'reports',
    uselist: false,
  })
  reports = db.relationship(() => Employee, {
    backPopulates: 'manager',
    orderBy: () => Employee.c.id,
  })
}

export class Customer extends db.Model<Customer>() {
  static tablename = 'Customer'
  id = db.Column('CustomerId', db.Integer, { primaryKey: true })
  firstName = db.Column('FirstName', db.String(40), { nullable: false })
  lastName = db.Column('LastName', db.String(20), { nullable: false })
  country = db.Column('Country', db.String(40))
  email = db.Column('Email', db.String(60), { nullable: false, unique: true })
  supportRepId = db.Column('SupportRepId', db.Integer, db.ForeignKey('Employee.EmployeeId'))
  supportRep = db.relationship(() => Employee, { uselist: false })
  invoices = db.relationship(() => Invoice, { backPopulates: 'customer' })
}

export class Invoice extends db.Model<Invoice>() {
  static tablename = 'Invoice'
  id = db.Column('InvoiceId', db.Integer, { primaryKey: true })
  customerId = db.Column('CustomerId', db.Integer, db.ForeignKey('Customer.CustomerId'), {
    nullable: false,
    index: true,
  })
  invoiceDate = db.Column('InvoiceDate', db.DateTime, { nullable: false })
  billingCountry = db.Column('BillingCountry', db.String(40))
  total = db.Column('Total', db.Numeric(10, 2), { nullable: false })
  customer = db.relationship(() => Customer, { backPopulates: 'invoices', uselist: false })
  lines = db.relationship(() => InvoiceLine, { backPopulates: 'invoice' })
}

export class InvoiceLine extends db.Model<InvoiceLine>() {
  static tablename = 'InvoiceLine'
  id = db.Column('InvoiceLineId', db.Integer, { primaryKey: true })
  invoiceId = db.Column('InvoiceId', db.Integer, db.ForeignKey('Invoice.InvoiceId'), {
    nullable: false,
    index: true,
  })
  trackId = db.Column('TrackId', db.Integer, db.ForeignKey('Track.TrackId'), {
    nullable: false,
    index: true,
  })
  unitPrice = db.Column('UnitPrice', db.Numeric(10, 2), { nullable: false })
  quantity = db.Column('Quantity', db.Integer, { nullable: false })
  invoice = db.relationship(() => Invoice, { backPopulates: 'lines', uselist: false })
  track = db.relationship(() => Track, { uselist: false })
}

const COUNTRIES = ['Brazil', 'Canada', 'France', 'Germany', 'India', 'Norway', 'USA', null]
const GENRES = ['Rock', 'Jazz', 'Metal', 'Blues', 'Latin', 'Classical', 'Opera', 'Soundtrack']

/** About four thousand rows, in an order that the foreign keys allow. */
export function chinookRows(): Rows {
  const random = new RandomValues(20261123)
  const numbers = (count: number) => Array.from({ length: count }, (_one, at) => at + 1)
  const tracks = numbers(1200).map((id) => ({
    TrackId: id,
    Name: `Track ${random.int(1, 900)}`,
    AlbumId: random.chance(0.95) ? random.int(1, 150) : null,
    MediaTypeId: random.int(1, 3),
    GenreId: random.chance(0.9) ? random.int(1, GENRES.length - 1) : null,
    Composer: random.chance(0.6) ? `Composer ${random.int(1, 40)}` : null,
    Milliseconds: random.int(30_000, 600_000),
    Bytes: random.chance(0.9) ? random.int(100_000, 9_000_000) : null,
    UnitPrice: random.pick(['0.99', '1.99']),
  }))
  const lines = numbers(1400).map((id) => {
    const track = random.pick(tracks)
    return {
      InvoiceLineId: id,
      InvoiceId: random.int(1, 380),
      TrackId: track.TrackId,
      UnitPrice: track.UnitPrice,
      Quantity: random.int(1, 3),
    }
  })
  const pairs = new Set<string>()
  while (pairs.size < 600) pairs.add(`${random.int(1, 16)}:${random.int(1, 1200)}`)
  return [
    ['Artist', numbers(80).map((id) => ({ ArtistId: id, Name: id % 17 ? `Artist ${id}` : null }))],
    [
      'Album',
      numbers(150).map((id) => ({
        AlbumId: id,
        Title: `${random.pick(['Live', 'Best', 'The', 'A 100% "true"'])} Album ${id}`,
        ArtistId: random.int(1, 60),
      })),
    ],
    ['Genre', GENRES.map((name, at) => ({ GenreId: at + 1, Name: name }))],
    ['MediaType', ['MPEG', 'AAC', 'Video'].map((Name, at) => ({ MediaTypeId: at + 1, Name }))],
    ['Playlist', numbers(18).map((id) => ({ PlaylistId: id, Name: `Playlist ${id % 5}` }))],
    ['Track', tracks],
    [
      'PlaylistTrack',
      [...pairs].map((pair) => {
        const [PlaylistId, TrackId] = pair.split(':').map(Number)
        return { PlaylistId, TrackId }
      }),
    ],
    [
      'Employee',
      numbers(8).map((id) => ({
        EmployeeId: id,
        LastName: `Last${id}`,
        FirstName: `First${id}`,
        Title: ['General Manager', 'Sales Manager', 'Agent'][Math.min(2, Math.floor(id / 2))],
        ReportsTo: id === 1 ? null : Math.floor(id / 2),
        HireDate: random.day(2002, 2004),
      })),
    ],
    [
      'Customer',
      numbers(59).map((id) => ({
        CustomerId: id,
        FirstName: `First${random.int(1, 30)}`,
        LastName: `Last${random.int(1, 30)}`,
        Country: random.pick(COUNTRIES),
        Email: `customer${id}@example.org`,
        SupportRepId: random.chance(0.9) ? random.int(3, 5) : null,
      })),
    ],
    [
      'Invoice',
      numbers(412).map((id) => ({
        InvoiceId: id,
        CustomerId: random.int(1, 55),
        InvoiceDate: random.day(2009, 2013),
        BillingCountry: random.pick(COUNTRIES),
        Total: lines
          .filter((line) => line.InvoiceId === id)
          .reduce((sum, line) => sum + Number(line.UnitPrice) * line.Quantity, 0)
          .toFixed(2),
      })),
    ],
    ['InvoiceLine', lines],
  ]
}
