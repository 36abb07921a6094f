"""Runs programs of Flask-SQLAlchemy's guide and writes what each of them says.

Reads {"programs": [source], "uri": text} and writes a list of transcripts. A program has `make`, which gives an app
and its db, `say`, which adds to the transcript, and `fails`, which tells how a call fails.
"""
import json, sys, tempfile, warnings
warnings.simplefilter("ignore")
import flask, sqlalchemy as sa
from flask import Flask, g, request
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.model import Model
from flask_sqlalchemy.query import Query
from flask_sqlalchemy.record_queries import get_recorded_queries
from flask_sqlalchemy.session import Session
from flask_sqlalchemy.track_modifications import before_models_committed, models_committed
from sqlalchemy import event
from sqlalchemy.orm import declared_attr
from werkzeug.exceptions import HTTPException

given = json.load(sys.stdin)
MEMORY = {"SQLALCHEMY_DATABASE_URI": given["uri"]}

def plain(value):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "__iter__"):
        return [plain(item) for item in value]
    return str(value)

def make_app(config=MEMORY):
    app = Flask("guide", instance_path=tempfile.mkdtemp())
    app.config.update(config)
    return app

def make(config=MEMORY, **options):
    app = make_app(config)
    return app, SQLAlchemy(app, **options)

def fails(run):
    try:
        run()
    except HTTPException as error:
        return [type(error).__name__, error.code, error.description]
    except Exception as error:
        return type(error).__name__
    return None

def transcript(source):
    said = []
    names = {**globals(), "say": lambda *values: said.extend(plain(value) for value in values)}
    exec(source, names)
    clear()
    return said

def clear():
    """Leaves nothing of a program in a database that others use after it."""
    if given["uri"] == "sqlite://":
        return
    engine = sa.create_engine(given["uri"])
    tables = sa.MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()

print(json.dumps([transcript(source) for source in given["programs"]]))
