"""What the apps share: errors as JSON, and a counter of statements."""
import sqlalchemy as sa
from flask import jsonify
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException


class Refused(Exception):
    """A rule of the app was broken."""


def prepare(app, db):
    with app.app_context():
        # pysqlite begins no transaction before a SAVEPOINT, which then commits when it is released.
        @event.listens_for(db.engine, "connect")
        def connected(connection, _record):
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys = ON")

        @event.listens_for(db.engine, "begin")
        def begun(connection):
            connection.exec_driver_sql("BEGIN")

        db.create_all()


def errors_as_json(app, db):
    @app.errorhandler(HTTPException)
    def http_error(error):
        return jsonify(error=error.name, description=error.description), error.code

    @app.errorhandler(SQLAlchemyError)
    def database_error(error):
        db.session.rollback()
        return jsonify(error=type(error).__name__), 409

    @app.errorhandler(StaleDataError)
    def stale(error):
        db.session.rollback()
        return jsonify(error="StaleDataError"), 412

    @app.errorhandler(Refused)
    def refused(error):
        db.session.rollback()
        return jsonify(error="Refused", description=str(error)), 422


class Statements:
    """Counts SELECTs while it is open."""

    def __init__(self, db):
        self.engine = db.engine
        self.count = 0

    def __enter__(self):
        event.listen(self.engine, "before_cursor_execute", self.seen)
        return self

    def __exit__(self, *_):
        event.remove(self.engine, "before_cursor_execute", self.seen)

    def seen(self, conn, cursor, statement, *_):
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            self.count += 1
