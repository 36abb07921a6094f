"""Answers of the real Flask-SQLAlchemy. Input: {"names": [...], "programs": [...]}; output: the same keys."""
import json
import sys

import flask
import flask_sqlalchemy
import sqlalchemy as sa
from sqlalchemy import orm


def fresh():
    app = flask.Flask("x")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    app.config["SQLALCHEMY_BINDS"] = {"other": "sqlite://"}
    return flask_sqlalchemy.SQLAlchemy(app)


def table_name(name):
    db = fresh()
    model = type(name, (db.Model,), {"id": db.Column(db.Integer, primary_key=True)})
    return model.__tablename__


def run(program):
    db = fresh()
    scope = {"db": db, "sa": sa, "orm": orm}
    try:
        exec(program, scope)
        # All registries of the process would fail with the first that does.
        db.Model.registry.configure()
        return {"value": scope.get("answer")}
    except Exception as error:
        return {"error": [type(error).__name__, str(error).split(" (Background on")[0]]}


asked = json.load(sys.stdin)
json.dump(
    {
        "names": [table_name(name) for name in asked.get("names", [])],
        "programs": [run(program) for program in asked.get("programs", [])],
    },
    sys.stdout,
)
