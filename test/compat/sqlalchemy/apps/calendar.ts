import { Buffer } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { BustAPI, jsonify, request } from 'bustapi'
import {
  IntegrityError,
  type Lazy,
  MultipleResultsFound,
  NoResultFound,
  type Select,
  SQLAlchemy,
  StatementError,
} from 'bustapi/sqlalchemy'
import { configure, errorsAsJson, json, Refused } from './common.ts'

type Document = Record<string, unknown>

/** `calendar_app.py`, line by line. An interval is a number of seconds, a time of day is text. */
export function createCalendar(uri: string): { readonly app: BustAPI; readonly db: SQLAlchemy } {
  const db = new SQLAlchemy()

  class Calendar extends db.Model<Calendar>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(40), { nullable: false, unique: true })
    token = db.Column(db.String(36), { default: () => randomUUID() })
    settings = db.Column(db.JSON<Document>(), { nullable: false, default: () => ({}) })
    icon = db.Column(db.LargeBinary)
    events = db.relationship(() => Event, {
      backref: 'calendar',
      lazy: 'selectin',
      cascade: 'all, delete',
      orderBy: () => [Event.c.startsAt, Event.c.id],
    })
  }

  class Event extends db.Model<Event>() {
    static tableArgs = [db.Index('calendar_start', 'calendar_id', 'starts_at')]
    id = db.Column(db.Integer, { primaryKey: true })
    calendarId = db.Column('calendar_id', db.Integer, db.ForeignKey('calendar.id'), {
      nullable: false,
    })
    seriesId = db.Column('series_id', db.Integer, db.ForeignKey('event.id'))
    title = db.Column(db.String(80), { nullable: false })
    kind = db.Column(db.Enum('meeting', 'party', 'call', { name: 'kind' }), {
      nullable: false,
      default: 'meeting',
    })
    startsAt = db.Column('starts_at', db.DateTime({ timezone: true }), { nullable: false })
    length = db.Column(db.Interval, { nullable: false, default: 3600 })
    day = db.Column(db.Date, { nullable: false })
    clock = db.Column(db.Time, { nullable: false })
    cost = db.Column(db.Float)
    views = db.Column(db.BigInteger, { nullable: false, default: 0n })
    public = db.Column(db.Boolean, { nullable: false, default: false })
    meta = db.Column(db.JSON<Document>({ noneAsNull: true }))
    raw = db.Column(db.JSON)
    changes = db.Column(db.Integer, { nullable: false, default: 0, onupdate: () => 7 })
    repeats = db.relationship(() => Event, {
      backref: db.backref('series', { remoteSide: 'id' }),
      orderBy: 'Event.startsAt',
      cascade: 'all',
    })
    guests = db.relationship(() => Guest, {
      backPopulates: 'event',
      cascade: 'all, delete-orphan',
      passiveDeletes: true,
    })
    declare calendar: Lazy<Calendar | null>
    declare series: Lazy<Event | null>
  }

  class Guest extends db.Model<Guest>() {
    eventId = db.Column(
      'event_id',
      db.Integer,
      db.ForeignKey('event.id', { ondelete: 'CASCADE' }),
      {
        primaryKey: true,
      },
    )
    name = db.Column(db.String(40), { primaryKey: true })
    comes = db.Column(db.Boolean)
    event = db.relationship(() => Event, { backPopulates: 'guests', uselist: false })
  }

  const derive = (_mapper: unknown, _connection: unknown, target: Event) => {
    target.day = target.startsAt
    target.clock = target.startsAt.toISOString().slice(11, 19)
  }
  db.event.listen(Event, 'beforeInsert', derive)
  db.event.listen(Event, 'beforeUpdate', derive)

  const iso = (value: Date) => value.toISOString().replace('.000', '')
  const show = (each: Event) => ({
    id: each.id,
    title: each.title,
    kind: each.kind,
    starts: iso(each.startsAt),
    minutes: each.length / 60,
    day: each.day.toISOString().slice(0, 10),
    clock: each.clock,
    cost: each.cost,
    views: String(each.views),
    public: each.public,
    meta: each.meta,
  })
  const ids = async (statement: Select<[Event], unknown, Event>) =>
    jsonify(
      (await db.session.execute(statement.orderBy(Event.c.id)).scalars().all()).map(({ id }) => id),
    )
  const arg = (name: string) => request.args.get(name, '')
  const calendarCalled = (name: string) => Calendar.query.filterBy({ name }).one()

  const app = new BustAPI('calendar')
  configure(app, uri)
  db.initApp(app)
  db.event.listen(db.session, 'beforeFlush', (session) => {
    for (const each of session.new) {
      if (each instanceof Event && each.startsAt.getUTCFullYear() < 2000) {
        throw new Refused('too long ago')
      }
    }
  })
  errorsAsJson(app, db)
  for (const notOne of [NoResultFound, MultipleResultsFound]) {
    app.errorhandler(notOne, async (error) => {
      await db.session.rollback()
      return [{ error: error.name }, 404]
    })
  }
  app.errorhandler(StatementError, async (error) => {
    await db.session.rollback()
    if (error instanceof IntegrityError) return [{ error: 'IntegrityError' }, 409]
    return [{ error: 'bad value' }, 400]
  })

  app.post('/calendars', async () => {
    const data = await json()
    const calendar = new Calendar({ name: data.name })
    if ('settings' in data) calendar.settings = data.settings
    if ('icon' in data) calendar.icon = Buffer.from(data.icon, 'base64')
    db.session.add(calendar)
    await db.session.commit()
    const { settings, token } = calendar
    return [{ settings, token: token?.length }, 201]
  })

  app.get('/calendars/<name>', async ({ name }) => {
    const calendar = await calendarCalled(name)
    return {
      events: calendar.events.map((each) => each.title),
      icon: calendar.icon && Buffer.from(calendar.icon).toString('base64'),
      settings: calendar.settings,
    }
  })

  app.patch('/calendars/<name>', async ({ name }) => {
    const calendar = await calendarCalled(name)
    Object.assign(calendar.settings, await json())
    const seen = db.session.dirty.has(calendar)
    if (!request.args.has('quiet')) db.flagModified(calendar, 'settings')
    const marked = db.session.dirty.has(calendar)
    await db.session.commit()
    await db.session.refresh(calendar)
    return { seen, marked, settings: calendar.settings }
  })

  app.post('/events', async () => {
    const data = await json()
    const each = new Event({
      calendar: await calendarCalled(data.calendar),
      title: data.title,
      startsAt: new Date(data.starts),
      cost: data.cost,
    })
    if ('minutes' in data) each.length = data.minutes * 60
    if ('kind' in data) each.kind = data.kind
    if ('meta' in data) each.meta = data.meta
    if ('raw' in data) each.raw = data.raw
    if ('public' in data) each.public = data.public
    if ('views' in data) each.views = data.views
    each.guests.replace((data.guests ?? []).map((name: string) => new Guest({ name })))
    db.session.add(each)
    await db.session.commit()
    await db.session.refresh(each)
    return [show(each), 201]
  })

  app.get('/events/<int:id>', async ({ id }) => show(await Event.query.getOr404(id)))

  app.patch('/events/<int:id>', async ({ id }) => {
    const each = await Event.query.getOr404(id)
    const before = each.changes
    const data = await json()
    if ('starts' in data) each.startsAt = new Date(data.starts)
    if ('minutes' in data) each.length = data.minutes * 60
    if ('title' in data) each.title = data.title
    if ('meta' in data) each.meta = data.meta
    const { attrs } = db.inspect(each)
    const history = (['title', 'meta', 'length'] as const).filter((key) =>
      attrs[key]?.history.hasChanges(),
    )
    await db.session.commit()
    await db.session.refresh(each)
    return { ...show(each), before, changes: each.changes, history }
  })

  app.get('/between', () =>
    ids(db.select(Event).where(Event.c.startsAt.between(new Date(arg('a')), new Date(arg('b'))))),
  )
  app.get('/on/<day>', ({ day }) => ids(db.select(Event).filterBy({ day: new Date(day) })))
  app.get('/mornings', () =>
    ids(db.select(Event).where(Event.c.clock.lt('12:00'), Event.c.public.is(true))),
  )
  app.get('/long/<int:minutes>', ({ minutes }) =>
    ids(db.select(Event).where(Event.c.length.gt(minutes * 60))),
  )

  app.get('/kinds', async () => {
    const rows = await db.session
      .execute(
        db
          .select(
            Event.c.kind,
            db.func.count(),
            db.func.max(Event.c.startsAt),
            db.func.avg(Event.c.cost),
          )
          .groupBy(Event.c.kind)
          .having(db.func.count().ge(request.args.get('least', 1, Number)))
          .orderBy(db.func.count().desc(), db.func.min(Event.c.id)),
      )
      .all()
    return jsonify(rows.map(([kind, count, last, cost]) => [kind, count, last && iso(last), cost]))
  })

  app.get('/of/<kind>', ({ kind }) =>
    ids(db.select(Event).where(Event.c.kind.eq(kind as Event['kind']))),
  )

  app.get('/json', () => {
    const path = request.args.getlist('key').map((leg) => (/^\d+$/.test(leg) ? Number(leg) : leg))
    const found = Event.c.meta.at(...path)
    const [value, how] = [arg('value'), request.args.get('as', 'string')]
    const conditions = {
      integer: () => found.asInteger().gt(Number(value)),
      float: () => found.asFloat().le(Number(value)),
      boolean: () => found.asBoolean().eq(value === 'true'),
      string: () => found.asString().eq(value),
    }
    return ids(db.select(Event).where(conditions[how as keyof typeof conditions]()))
  })

  app.get('/nulls', async () => {
    const idsOf = async (condition: ReturnType<typeof Event.c.meta.isNull>) =>
      (await Event.query.filter(condition).orderBy(Event.c.id).all()).map(({ id }) => id)
    return {
      meta: await idsOf(Event.c.meta.isNull()),
      raw: await idsOf(Event.c.raw.is(null)),
      given: await idsOf(Event.c.raw.isNot(null)),
    }
  })

  app.post('/events/<int:id>/repeat', async ({ id }) => {
    const data = await json()
    const first = await Event.query.options(db.joinedload(Event.c.guests)).getOr404(id)
    // Loaded before it grows, so that it is in order.
    await first.repeats
    for (let turn = 1; turn <= data.times; turn++) {
      const again = new Event({
        calendar: await first.calendar,
        title: `${first.title} ${turn}`,
        kind: first.kind,
        startsAt: new Date(first.startsAt.getTime() + data.days * turn * 86_400_000),
        length: first.length,
        meta: first.meta && { ...first.meta, turn },
      })
      again.guests.extend(first.guests.map(({ name }) => new Guest({ name, comes: null })))
      first.repeats.append(again)
    }
    await db.session.flush()
    const count = await db.session.query(db.func.count(Guest.c.name)).scalar()
    await (data.dry ? db.session.rollback() : db.session.commit())
    const repeats = await Event.query
      .filter(Event.c.seriesId.eq(id))
      .orderBy(Event.c.startsAt)
      .all()
    return { guests: count, repeats: repeats.map((each) => [each.title, iso(each.startsAt)]) }
  })

  app.get('/gaps', async () => {
    const window = { partitionBy: Event.c.calendarId, orderBy: [Event.c.startsAt, Event.c.id] }
    const before = db.func.lag(Event.c.title).over(window)
    const nth = db.func.row_number().over(window)
    const inner = db
      .select(Event.c.calendarId, Event.c.title, before.label('before'), nth.label('nth'))
      .subquery()
    const rows = await db.session
      .execute(
        db
          .select(Calendar.c.name, inner.c.title, inner.c.before, inner.c.nth)
          .join(inner, inner.c.calendarId.eq(Calendar.c.id))
          .orderBy(Calendar.c.name, inner.c.nth),
      )
      .all()
    return jsonify(rows.map((row) => [...row]))
  })

  app.get('/overlaps', async () => {
    const other = db.aliased(Event, { name: 'other' })
    const rows = await db.session
      .query(Event.c.title, other.c.title)
      .join(other, db.and(other.c.day.eq(Event.c.day), other.c.id.gt(Event.c.id)))
      .orderBy(Event.c.id, other.c.id)
      .all()
    return jsonify(rows.map((row) => [...row]))
  })

  app.get('/guests', async () => {
    const calendars = await Calendar.query
      .join(Calendar.c.events)
      .join(Event.c.guests)
      .filter(Guest.c.name.eq(arg('name')))
      .options(db.containsEager(Calendar.c.events).containsEager(Event.c.guests))
      .orderBy(Calendar.c.id, Event.c.id)
      .populateExisting()
      .all()
    return jsonify(
      calendars.map(({ name, events }) => [
        name,
        events.map(({ title, guests }) => [title, guests.length]),
      ]),
    )
  })

  app.post('/events/<int:id>/answer', async ({ id }) => {
    const data = await json()
    let guest = await db.session.get(Guest, { eventId: id, name: data.name })
    if (guest === null) {
      guest = new Guest({ eventId: id, name: data.name })
      db.session.add(guest)
    }
    guest.comes = data.comes
    await db.session.commit()
    return {
      yes: await Guest.query.filterBy({ eventId: id, comes: true }).count(),
      no: await Guest.query.filterBy({ eventId: id, comes: false }).count(),
      unknown: await Guest.query.filter(Guest.c.eventId.eq(id), Guest.c.comes.isNull()).count(),
    }
  })

  app.post('/publish', async () => {
    const known = await Event.query.orderBy(Event.c.id).all()
    const count = await Event.query
      .filter(Event.c.kind.eq((await json()).kind), Event.c.public.is(false))
      .update({ public: true, views: Event.c.views.add(10) })
    const now = known.map((each) => [each.public, String(each.views)])
    await db.session.commit()
    return { count, now }
  })

  app.delete('/events/<int:id>', async ({ id }) => {
    await db.session.delete(await Event.query.getOr404(id))
    await db.session.commit()
    return { events: await Event.query.count(), guests: await Guest.query.count() }
  })

  app.delete('/calendars/<name>', async ({ name }) => {
    await db.session.delete(await calendarCalled(name))
    await db.session.commit()
    return { events: await Event.query.count(), guests: await Guest.query.count() }
  })

  app.get('/one', async () => ({
    id: (await Event.query.filter(Event.c.title.ilike(arg('title'))).one()).id,
  }))

  app.post('/transaction', async () => {
    const seen: unknown[] = []
    const calendar = new Calendar({ name: 'inside' })
    const startsAt = new Date('2026-01-01T00:00:00Z')
    const state = async () => [calendar.name, await Event.query.filterBy({ calendar }).count()]
    db.session.add(calendar)
    await db.session.flush()
    const outer = await db.session.beginNested()
    db.session.add(new Event({ calendar, title: 'outer', startsAt }))
    await db.session.flush()
    const inner = await db.session.beginNested()
    calendar.name = 'renamed'
    db.session.add(new Event({ calendar, title: 'inner', startsAt }))
    await db.session.flush()
    seen.push(await state())
    await inner.rollback()
    seen.push(await state())
    await ((await json()).commit ? outer.commit() : outer.rollback())
    seen.push(await state())
    await db.session.rollback()
    seen.push([
      await Calendar.query.filterBy({ name: 'inside' }).count(),
      db.inspect(calendar).transient,
    ])
    return jsonify(seen)
  })

  return { app, db }
}
