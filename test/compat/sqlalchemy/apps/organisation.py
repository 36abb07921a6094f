"""An organisation: a tree of units, kinds of people in one table, projects, cascades."""
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event, inspect
from sqlalchemy.exc import IntegrityError, InvalidRequestError, NoResultFound
from sqlalchemy.orm import aliased, backref, joinedload, selectinload, validates

from common import Refused, Statements, errors_as_json, prepare

db = SQLAlchemy()


class Timestamped:
    created = db.Column(db.Integer, nullable=False, default=lambda: 1000)
    touched = db.Column(db.Integer, nullable=False, default=0, onupdate=lambda: 2000)


class Unit(Timestamped, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(40), nullable=False)
    parent_id = db.Column(db.Integer, db.ForeignKey("unit.id"))
    position = db.Column(db.Integer, nullable=False, default=0)
    children = db.relationship(
        "Unit",
        cascade="all, delete-orphan",
        single_parent=True,
        order_by="Unit.position",
        backref=backref("parent", remote_side=[id]),
    )

    @validates("children")
    def no_circle(self, key, child):
        above = self
        while above is not None:
            if above is child:
                raise Refused("a circle")
            above = above.parent
        return child


class Person(Timestamped, db.Model):
    id = db.Column(db.Integer, primary_key=True)
    kind = db.Column(db.String(20), nullable=False)
    name = db.Column(db.String(40), nullable=False, unique=True)
    unit_id = db.Column(db.Integer, db.ForeignKey("unit.id"))
    boss_id = db.Column(db.Integer, db.ForeignKey("person.id"))
    unit = db.relationship("Unit", backref=backref("people", order_by="Person.name", lazy="select"))
    reports = db.relationship("Person", backref=backref("boss", remote_side=[id]), order_by="Person.name")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    def describe(self):
        return f"{self.name} ({self.kind})"


class Engineer(Person):
    language = db.Column(db.String(20))
    __mapper_args__ = {"polymorphic_identity": "engineer"}

    def describe(self):
        return f"{self.name} writes {self.language}"


class Manager(Person):
    budget = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Director(Manager):
    __mapper_args__ = {"polymorphic_identity": "director"}


class Project(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(40), nullable=False, unique=True)
    lead_id = db.Column(db.Integer, db.ForeignKey("person.id"))
    lead = db.relationship("Manager", backref="led")
    plan = db.relationship("Plan", uselist=False, back_populates="project", cascade="all, delete-orphan")
    members = db.relationship("Member", back_populates="project", cascade="all, delete-orphan")


class Plan(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.Text, nullable=False)
    project_id = db.Column(db.Integer, db.ForeignKey("project.id"), nullable=False, unique=True)
    project = db.relationship("Project", back_populates="plan")


class Member(db.Model):
    project_id = db.Column(db.Integer, db.ForeignKey("project.id"), primary_key=True)
    person_id = db.Column(db.Integer, db.ForeignKey("person.id"), primary_key=True)
    role = db.Column(db.String(20), nullable=False, default="member")
    project = db.relationship("Project", back_populates="members")
    person = db.relationship("Engineer", backref=backref("memberships", cascade="all, delete-orphan"))


KINDS = {"person": Person, "engineer": Engineer, "manager": Manager, "director": Director}
log = []


@event.listens_for(Person, "before_insert", propagate=True)
def note_person(mapper, connection, target):
    log.append(f"{mapper.class_.__name__} {target.name}")


@event.listens_for(db.session, "after_rollback")
def note_rollback(session):
    log.append("rollback")


def tree(unit):
    return {"name": unit.name, "children": [tree(child) for child in unit.children]}


def called(model, name):
    return db.one_or_404(db.select(model).filter_by(name=name), description=f"no {model.__name__} {name}")


def create_app(uri):
    app = Flask("organisation")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    prepare(app, db)
    errors_as_json(app, db)

    @app.post("/units")
    def add_units():
        def make(data, position=0):
            children = [make(child, index) for index, child in enumerate(data.get("children", []))]
            return Unit(name=data["name"], position=position, children=children)

        db.session.add(make(request.get_json()))
        db.session.commit()
        return {"units": Unit.query.count(), "created": db.session.scalar(db.select(db.func.max(Unit.created)))}, 201

    @app.get("/tree/<name>")
    def get_tree(name):
        return tree(called(Unit, name))

    @app.get("/path/<name>")
    def path(name):
        up = db.select(Unit.id, Unit.parent_id, Unit.name, db.literal(0).label("level")).where(Unit.name == name).cte(
            "up", recursive=True
        )
        up = up.union_all(
            db.select(Unit.id, Unit.parent_id, Unit.name, up.c.level + 1).join(up, Unit.id == up.c.parent_id)
        )
        rows = db.session.execute(db.select(up.c.name).order_by(up.c.level.desc())).scalars().all()
        return jsonify(rows)

    @app.post("/move")
    def move():
        data = request.get_json()
        unit, target = called(Unit, data["unit"]), called(Unit, data["to"])
        unit.position = len(target.children)
        target.children.append(unit)
        db.session.commit()
        return {**tree(target), "parent": unit.parent.name, "touched": unit.touched}

    @app.delete("/units/<name>")
    def delete_unit(name):
        unit = called(Unit, name)
        if "orphan" in request.args:
            unit.parent.children.remove(unit)
        else:
            db.session.delete(unit)
        db.session.commit()
        homeless = Person.query.filter(Person.unit_id.is_(None)).order_by(Person.name).all()
        return {"units": Unit.query.count(), "homeless": [person.name for person in homeless]}

    @app.post("/people")
    def add_people():
        log.clear()
        for data in request.get_json():
            kind = KINDS[data.pop("kind")]
            unit, boss = data.pop("unit", None), data.pop("boss", None)
            person = kind(**data)
            if unit:
                home = called(Unit, unit)
                home.people.append(person)
            if boss:
                person.boss = called(Person, boss)
            db.session.add(person)
        db.session.commit()
        return {"people": Person.query.count(), "log": log}, 201

    @app.get("/people")
    def list_people():
        kind = KINDS[request.args.get("kind", "person")]
        people = kind.query.order_by(kind.name).all()
        return jsonify([[type(person).__name__, person.describe()] for person in people])

    @app.get("/count")
    def count():
        result = {}
        for name, kind in KINDS.items():
            result[name] = [
                kind.query.count(),
                db.session.scalar(db.select(db.func.count()).select_from(kind)),
                db.session.query(kind.id).count(),
                len(db.session.execute(db.select(kind.name)).all()),
            ]
        result["budget"] = db.session.scalar(db.select(db.func.sum(Manager.budget)))
        result["exists"] = db.session.scalar(db.select(db.exists().where(Engineer.language == "ada")))
        return result

    @app.get("/people/<int:id>")
    def get_person(id):
        kind = KINDS[request.args.get("kind", "person")]
        person = db.session.get(kind, id)
        return {"found": person and person.describe()}

    @app.patch("/people/<name>")
    def change_person(name):
        person = called(Person, name)
        data = request.get_json()
        if "boss" in data:
            person.boss = called(Manager, data["boss"]) if data["boss"] else None
        for key in ("language", "budget", "name"):
            if key in data:
                if not hasattr(type(person), key):
                    raise Refused(f"{type(person).__name__} has no {key}")
                setattr(person, key, data[key])
        db.session.commit()
        boss = person.boss
        return {
            "person": person.describe(),
            "boss": boss and boss.describe(),
            "colleagues": [each.name for each in boss.reports] if boss else [],
            "touched": person.touched,
        }

    @app.delete("/people/<name>")
    def delete_person(name):
        log.clear()
        db.session.delete(called(Person, name))
        db.session.commit()
        rows = db.session.execute(db.select(Person.name, Person.boss_id.is_(None)).order_by(Person.name)).all()
        return {"left": [[name, bool(free)] for name, free in rows], "members": Member.query.count(), "log": log}

    @app.get("/bosses")
    def bosses():
        boss = aliased(Manager, name="boss")
        rows = db.session.execute(
            db.select(Person.name, boss.name, boss.budget)
            .join(boss, Person.boss_id == boss.id)
            .order_by(Person.name)
        ).all()
        outer = (
            db.session.query(Person.name, boss.name)
            .outerjoin(Person.boss.of_type(boss))
            .order_by(Person.name)
            .all()
        )
        return {"inner": [list(row) for row in rows], "outer": [list(row) for row in outer]}

    @app.get("/teams")
    def teams():
        number = db.func.count(Person.id)
        rows = (
            db.session.query(Unit.name, Person.kind, number, db.func.max(Person.name))
            .join(Unit.people)
            .group_by(Unit.name, Person.kind)
            .having(number > request.args.get("over", 0, type=int))
            .order_by(Unit.name, Person.kind)
            .all()
        )
        engineers = (
            Unit.query.filter(Unit.people.of_type(Engineer).any(Engineer.language == "python"))
            .order_by(Unit.name)
            .all()
        )
        bossless = Person.query.filter(~Person.boss.has(), Person.unit.has(name="root")).order_by(Person.name).all()
        return {
            "rows": [list(row) for row in rows],
            "python": [unit.name for unit in engineers],
            "bossless": [person.name for person in bossless],
        }

    @app.post("/projects")
    def add_project():
        data = request.get_json()
        project = Project(title=data["title"])
        if "lead" in data:
            project.lead = called(Person, data["lead"])
        if "plan" in data:
            project.plan = Plan(text=data["plan"])
        db.session.add(project)
        for name in data.get("members", []):
            project.members.append(Member(person=called(Engineer, name)))
        try:
            db.session.commit()
        except (AssertionError, TypeError):
            db.session.rollback()
            return jsonify(error="wrong kind"), 400
        return jsonify(title=project.title, members=sorted(m.person.name for m in project.members)), 201

    @app.patch("/projects/<title>")
    def change_project(title):
        project = Project.query.filter_by(title=title).first_or_404()
        data = request.get_json()
        if "plan" in data:
            project.plan = Plan(text=data["plan"]) if data["plan"] else None
        if "drop" in data:
            for member in [m for m in project.members if m.person.name == data["drop"]]:
                project.members.remove(member)
        if "role" in data:
            for member in project.members:
                member.role = data["role"]
        db.session.commit()
        return {
            "plans": [plan.text for plan in Plan.query],
            "members": sorted([m.person.name, m.role] for m in project.members),
            "orphans": Member.query.count(),
        }

    @app.get("/projects")
    def list_projects():
        with Statements(db) as seen:
            projects = (
                Project.query.options(
                    joinedload(Project.lead), joinedload(Project.plan), selectinload(Project.members).joinedload(Member.person)
                )
                .order_by(Project.title)
                .all()
            )
            shown = [
                [p.title, p.lead and p.lead.describe(), p.plan and p.plan.text, sorted(m.person.describe() for m in p.members)]
                for p in projects
            ]
        return {"projects": shown, "statements": seen.count}

    @app.delete("/projects/<title>")
    def delete_project(title):
        db.session.delete(Project.query.filter_by(title=title).first_or_404())
        db.session.commit()
        return {"plans": Plan.query.count(), "members": Member.query.count()}

    @app.post("/raise")
    def raise_budget():
        known = Manager.query.order_by(Manager.id).all()
        count = Manager.query.filter(Manager.budget < request.get_json()["below"]).update(
            {Manager.budget: Manager.budget * 2}
        )
        now = [m.budget for m in known]
        deleted = Director.query.filter_by(name="nobody").delete()
        db.session.rollback()
        return {"count": count, "now": now, "deleted": deleted, "after": [m.budget for m in known]}

    @app.post("/swap")
    def swap():
        data = request.get_json()
        one, other = called(Person, data["a"]), called(Person, data["b"])
        one.unit, other.unit = other.unit, one.unit
        in_unit = [person.name for person in other.unit.people] if other.unit else []
        db.session.flush()
        state = inspect(one)
        flags = [state.persistent, state.transient, state.modified]
        db.session.commit()
        return {
            "units": [p.unit.name if p.unit else None for p in (one, other)],
            "in unit": sorted(in_unit),
            "after": [person.name for person in other.unit.people] if other.unit else [],
            "flags": flags,
        }

    @app.errorhandler(KeyError)
    def no_key(error):
        db.session.rollback()
        return jsonify(error="KeyError"), 400

    return app
