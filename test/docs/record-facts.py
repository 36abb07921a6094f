"""Records what live Flask answers to the questions of corpus/flask-facts.json (or verifies it, with --check).

Run with a Python that has Flask 3.1.3 and Werkzeug 3.1.8: `python3 test/docs/record-facts.py [--check]`.
The file maps Python source, the keys of the facts in test/docs/facts, to what it gives.
"""
import ast
import collections.abc
import datetime
import enum
import json
import pathlib
import sys

PATH = pathlib.Path(__file__).parent / "corpus" / "flask-facts.json"
PRELUDE = """
import io, os, datetime, uuid
import flask, werkzeug, itsdangerous, markupsafe, blinker
from flask import *
from flask.views import *
from flask.sessions import *
from flask.json.provider import *
from flask.json.tag import *
from flask.testing import EnvironBuilder, FlaskClient, FlaskCliRunner
from flask.ctx import _AppCtxGlobals
from werkzeug.datastructures import *
from werkzeug.exceptions import *
from werkzeug.http import *
from werkzeug.routing import *
from werkzeug.security import *
from werkzeug.test import Cookie
from werkzeug.urls import *
from werkzeug.user_agent import UserAgent
from werkzeug.utils import *
from werkzeug.wrappers import Request as WRequest
from flask import Request, Response, abort, redirect, send_file, send_from_directory
from itsdangerous import *
from markupsafe import *
from blinker import Namespace, Signal
import datetime
utc = datetime.timezone.utc

def attempt(run):
    try:
        return run()
    except Exception as error:
        return error

def make_app(**options):
    app = Flask("app", root_path="/srv", **options)
    app.secret_key = "k"
    return app

def req(path="/", app=None, **options):
    return (app or make_app()).test_request_context(path, **options).request
"""


def plain(value):
    from werkzeug import datastructures as ds

    if value is None or isinstance(value, (bool, int, float)) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": bytes(value).decode("latin1")}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime.datetime):
        return {"$date": value.timestamp()}
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, type):
        return {"$class": value.__name__}
    if isinstance(value, BaseException):
        name = type(value).__name__
        return {"$error": name}
    if isinstance(value, (ds.Headers, ds.Accept)):
        return [plain(item) for item in value]
    if isinstance(value, ds.MultiDict):
        return [[plain(k), plain(v)] for k, v in value.items(multi=True)]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if hasattr(value, "to_header"):
        return value.to_header()
    if isinstance(value, (set, frozenset)):
        return {"$set": sorted(plain(item) for item in value)}
    if isinstance(value, collections.abc.Iterable):
        return [plain(item) for item in value]
    return str(value)


def answer(source):
    names = {}
    exec(PRELUDE, names)
    *statements, last = ast.parse(source).body
    try:
        exec(compile(ast.Module(statements, []), "fact", "exec"), names)
        return plain(eval(compile(ast.Expression(last.value), "fact", "eval"), names))
    except Exception as error:
        return plain(error)


def main():
    facts = json.loads(PATH.read_text())
    changed = 0
    for source, expected in facts.items():
        given = answer(source)
        if given != expected:
            changed += 1
            if "--check" in sys.argv:
                print(source, "\n  recorded", expected, "\n  Flask   ", given)
            facts[source] = given
    if "--check" not in sys.argv:
        PATH.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(facts)} facts, {changed} changed")
    return 1 if changed and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
