"""An event calendar: times with zones, intervals, enums, JSON, recurring events."""
import base64
import datetime
import enum
import uuid

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, LargeBinary, event, inspect
from sqlalchemy.exc import IntegrityError, InvalidRequestError, MultipleResultsFound, NoResultFound, StatementError
from sqlalchemy.orm import aliased, contains_eager, joinedload
from sqlalchemy.orm.attributes import flag_modified

from common import Refused, errors_as_json, prepare

db = SQLAlchemy()
UTC = datetime.timezone.utc


class Kind(enum.Enum):
    meeting = 1
    party = 2
    call = 3


class Calendar(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), nullable=False, unique=True)
    token = db.Column(db.String(36), default=lambda: str(uuid.uuid4()))
    settings = db.Column(db.JSON, nullable=False, default=dict)
    icon = db.Column(LargeBinary)
    events = db.relationship(
        "Event", backref="calendar", lazy="selectin", cascade="all, delete", order_by="Event.starts_at, Event.id"
    )


class Event(db.Model):
    __table_args__ = (db.Index("calendar_start", "calendar_id", "starts_at"),)
    id = db.Column(db.Integer, primary_key=True)
    calendar_id = db.Column(db.Integer, db.ForeignKey("calendar.id"), nullable=False)
    series_id = db.Column(db.Integer, db.ForeignKey("event.id"))
    title = db.Column(db.String(80), nullable=False)
    kind = db.Column(db.Enum(Kind, validate_strings=True), nullable=False, default=Kind.meeting)
    starts_at = db.Column(db.DateTime(timezone=True), nullable=False)
    length = db.Column(db.Interval, nullable=False, default=datetime.timedelta(hours=1))
    day = db.Column(db.Date, nullable=False)
    clock = db.Column(db.Time, nullable=False)
    cost = db.Column(db.Float)
    views = db.Column(db.BigInteger, nullable=False, default=0)
    public = db.Column(db.Boolean, nullable=False, default=False)
    meta = db.Column(JSON(none_as_null=True))
    raw = db.Column(JSON)
    changes = db.Column(db.Integer, nullable=False, default=0, onupdate=lambda: 7)
    repeats = db.relationship(
        "Event", backref=db.backref("series", remote_side=[id]), order_by="Event.starts_at", cascade="all"
    )
    guests = db.relationship("Guest", back_populates="event", cascade="all, delete-orphan", passive_deletes=True)


class Guest(db.Model):
    event_id = db.Column(db.Integer, db.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    name = db.Column(db.String(40), primary_key=True)
    comes = db.Column(db.Boolean)
    event = db.relationship("Event", back_populates="guests")


@event.listens_for(Event, "before_insert")
@event.listens_for(Event, "before_update")
def derive(mapper, connection, target):
    target.day = target.starts_at.date()
    target.clock = target.starts_at.time()


@event.listens_for(db.session, "before_flush")
def no_past(session, context, instances):
    for each in session.new:
        if isinstance(each, Event) and each.starts_at.year < 2000:
            raise Refused("too long ago")


def parse(text):
    return datetime.datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def iso(value):
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def show(each):
    return {
        "id": each.id,
        "title": each.title,
        "kind": each.kind.name,
        "starts": iso(each.starts_at),
        "minutes": each.length.total_seconds() / 60,
        "day": each.day.isoformat(),
        "clock": each.clock.isoformat(),
        "cost": each.cost,
        "views": str(each.views),
        "public": each.public,
        "meta": each.meta,
    }


def ids(statement):
    return jsonify([each.id for each in db.session.execute(statement.order_by(Event.id)).scalars()])


def create_app(uri):
    app = Flask("calendar")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    prepare(app, db)
    errors_as_json(app, db)

    @app.errorhandler(NoResultFound)
    @app.errorhandler(MultipleResultsFound)
    def not_one(error):
        db.session.rollback()
        return jsonify(error=type(error).__name__), 404

    @app.errorhandler(StatementError)
    def bad_value(error):
        db.session.rollback()
        if isinstance(error, IntegrityError):
            return jsonify(error="IntegrityError"), 409
        return jsonify(error="bad value"), 400

    @app.post("/calendars")
    def add_calendar():
        data = request.get_json()
        calendar = Calendar(name=data["name"])
        if "settings" in data:
            calendar.settings = data["settings"]
        if "icon" in data:
            calendar.icon = base64.b64decode(data["icon"])
        db.session.add(calendar)
        db.session.commit()
        return {"settings": calendar.settings, "token": len(calendar.token)}, 201

    @app.get("/calendars/<name>")
    def get_calendar(name):
        calendar = Calendar.query.filter_by(name=name).one()
        return {
            "events": [each.title for each in calendar.events],
            "icon": base64.b64encode(calendar.icon).decode() if calendar.icon is not None else None,
            "settings": calendar.settings,
        }

    @app.patch("/calendars/<name>")
    def change_settings(name):
        calendar = Calendar.query.filter_by(name=name).one()
        calendar.settings.update(request.get_json())
        seen = calendar in db.session.dirty
        if "quiet" not in request.args:
            flag_modified(calendar, "settings")
        marked = calendar in db.session.dirty
        db.session.commit()
        db.session.refresh(calendar)
        return {"seen": seen, "marked": marked, "settings": calendar.settings}

    @app.post("/events")
    def add_event():
        data = request.get_json()
        each = Event(
            calendar=Calendar.query.filter_by(name=data["calendar"]).one(),
            title=data["title"],
            starts_at=parse(data["starts"]),
            cost=data.get("cost"),
        )
        if "minutes" in data:
            each.length = datetime.timedelta(minutes=data["minutes"])
        if "kind" in data:
            each.kind = data["kind"]
        for key in ("meta", "raw", "public", "views"):
            if key in data:
                setattr(each, key, data[key])
        each.guests = [Guest(name=name) for name in data.get("guests", [])]
        db.session.add(each)
        db.session.commit()
        db.session.refresh(each)
        return show(each), 201

    @app.get("/events/<int:id>")
    def get_event(id):
        return show(Event.query.get_or_404(id))

    @app.patch("/events/<int:id>")
    def change_event(id):
        each = Event.query.get_or_404(id)
        before = each.changes
        data = request.get_json()
        if "starts" in data:
            each.starts_at = parse(data["starts"])
        if "minutes" in data:
            each.length = datetime.timedelta(minutes=data["minutes"])
        if "title" in data:
            each.title = data["title"]
        if "meta" in data:
            each.meta = data["meta"]
        history = [key for key in ("title", "meta", "length") if inspect(each).attrs[key].history.has_changes()]
        db.session.commit()
        db.session.refresh(each)
        return {**show(each), "before": before, "changes": each.changes, "history": history}

    @app.get("/between")
    def between():
        return ids(db.select(Event).where(Event.starts_at.between(parse(request.args["a"]), parse(request.args["b"]))))

    @app.get("/on/<day>")
    def on_day(day):
        return ids(db.select(Event).filter_by(day=datetime.date.fromisoformat(day)))

    @app.get("/mornings")
    def mornings():
        return ids(db.select(Event).where(Event.clock < datetime.time(12, 0), Event.public.is_(True)))

    @app.get("/long/<int:minutes>")
    def long(minutes):
        return ids(db.select(Event).where(Event.length > datetime.timedelta(minutes=minutes)))

    @app.get("/kinds")
    def kinds():
        rows = db.session.execute(
            db.select(Event.kind, db.func.count(), db.func.max(Event.starts_at), db.func.avg(Event.cost))
            .group_by(Event.kind)
            .having(db.func.count() >= request.args.get("least", 1, type=int))
            .order_by(db.func.count().desc(), db.func.min(Event.id))
        ).all()
        return jsonify([[kind.name, count, iso(last), cost] for kind, count, last, cost in rows])

    @app.get("/of/<kind>")
    def of_kind(kind):
        return ids(db.select(Event).where(Event.kind == kind))

    @app.get("/json")
    def in_json():
        path = tuple(int(leg) if leg.isdigit() else leg for leg in request.args.getlist("key"))
        found = Event.meta[path if len(path) > 1 else path[0]]
        value, how = request.args["value"], request.args.get("as", "string")
        if how == "integer":
            condition = found.as_integer() > int(value)
        elif how == "float":
            condition = found.as_float() <= float(value)
        elif how == "boolean":
            condition = found.as_boolean() == (value == "true")
        else:
            condition = found.as_string() == value
        return ids(db.select(Event).where(condition))

    @app.get("/nulls")
    def nulls():
        return {
            "meta": [e.id for e in Event.query.filter(Event.meta.is_(None)).order_by(Event.id)],
            "raw": [e.id for e in Event.query.filter(Event.raw.is_(None)).order_by(Event.id)],
            "given": [e.id for e in Event.query.filter(Event.raw.isnot(None)).order_by(Event.id)],
        }

    @app.post("/events/<int:id>/repeat")
    def repeat(id):
        data = request.get_json()
        first = Event.query.options(joinedload(Event.guests)).get_or_404(id)
        for turn in range(1, data["times"] + 1):
            again = Event(
                calendar=first.calendar,
                title=f"{first.title} {turn}",
                kind=first.kind,
                starts_at=first.starts_at + datetime.timedelta(days=data["days"] * turn),
                length=first.length,
                meta=first.meta and {**first.meta, "turn": turn},
            )
            again.guests = [Guest(name=guest.name, comes=None) for guest in first.guests]
            first.repeats.append(again)
        db.session.flush()
        count = db.session.query(db.func.count(Guest.name)).scalar()
        if data.get("dry"):
            db.session.rollback()
        else:
            db.session.commit()
        repeats = Event.query.filter(Event.series_id == id).order_by(Event.starts_at).all()
        return {"guests": count, "repeats": [[each.title, iso(each.starts_at)] for each in repeats]}

    @app.get("/gaps")
    def gaps():
        before = db.func.lag(Event.title).over(partition_by=Event.calendar_id, order_by=[Event.starts_at, Event.id])
        nth = db.func.row_number().over(partition_by=Event.calendar_id, order_by=[Event.starts_at, Event.id])
        inner = db.select(Event.calendar_id, Event.title, before.label("before"), nth.label("nth")).subquery()
        rows = db.session.execute(
            db.select(Calendar.name, inner.c.title, inner.c.before, inner.c.nth)
            .join(inner, inner.c.calendar_id == Calendar.id)
            .order_by(Calendar.name, inner.c.nth)
        ).all()
        return jsonify([list(row) for row in rows])

    @app.get("/overlaps")
    def overlaps():
        other = aliased(Event, name="other")
        rows = (
            db.session.query(Event.title, other.title)
            .join(other, db.and_(other.day == Event.day, other.id > Event.id))
            .order_by(Event.id, other.id)
            .all()
        )
        return jsonify([list(row) for row in rows])

    @app.get("/guests")
    def guests():
        calendars = (
            Calendar.query.join(Calendar.events)
            .join(Event.guests)
            .filter(Guest.name == request.args["name"])
            .options(contains_eager(Calendar.events).contains_eager(Event.guests))
            .order_by(Calendar.id, Event.id)
            .populate_existing()
            .all()
        )
        return jsonify([[c.name, [[e.title, len(e.guests)] for e in c.events]] for c in calendars])

    @app.post("/events/<int:id>/answer")
    def answer(id):
        data = request.get_json()
        guest = db.session.get(Guest, {"event_id": id, "name": data["name"]})
        if guest is None:
            guest = Guest(event_id=id, name=data["name"])
            db.session.add(guest)
        guest.comes = data["comes"]
        db.session.commit()
        yes, no, unknown = (
            Guest.query.filter_by(event_id=id, comes=True).count(),
            Guest.query.filter_by(event_id=id, comes=False).count(),
            Guest.query.filter(Guest.event_id == id, Guest.comes.is_(None)).count(),
        )
        return {"yes": yes, "no": no, "unknown": unknown}

    @app.post("/publish")
    def publish():
        known = Event.query.order_by(Event.id).all()
        count = Event.query.filter(Event.kind == Kind[request.get_json()["kind"]], Event.public.is_(False)).update(
            {"public": True, "views": Event.views + 10}
        )
        now = [[each.public, str(each.views)] for each in known]
        db.session.commit()
        return {"count": count, "now": now}

    @app.delete("/events/<int:id>")
    def delete_event(id):
        db.session.delete(Event.query.get_or_404(id))
        db.session.commit()
        return {"events": Event.query.count(), "guests": Guest.query.count()}

    @app.delete("/calendars/<name>")
    def delete_calendar(name):
        db.session.delete(Calendar.query.filter_by(name=name).one())
        db.session.commit()
        return {"events": Event.query.count(), "guests": Guest.query.count()}

    @app.get("/one")
    def one():
        title = request.args["title"]
        return {"id": Event.query.filter(Event.title.ilike(title)).one().id}

    @app.post("/transaction")
    def transaction():
        seen = []
        calendar = Calendar(name="inside")
        db.session.add(calendar)
        db.session.flush()
        with db.session.begin_nested() as outer:
            db.session.add(Event(calendar=calendar, title="outer", starts_at=parse("2026-01-01T00:00:00+00:00")))
            db.session.flush()
            inner = db.session.begin_nested()
            calendar.name = "renamed"
            db.session.add(Event(calendar=calendar, title="inner", starts_at=parse("2026-01-01T00:00:00+00:00")))
            db.session.flush()
            seen.append([calendar.name, Event.query.filter_by(calendar=calendar).count()])
            inner.rollback()
            seen.append([calendar.name, Event.query.filter_by(calendar=calendar).count()])
            outer.commit() if request.get_json().get("commit") else outer.rollback()
        seen.append([calendar.name, Event.query.filter_by(calendar=calendar).count()])
        db.session.rollback()
        seen.append([Calendar.query.filter_by(name="inside").count(), inspect(calendar).transient])
        return jsonify(seen)

    return app
