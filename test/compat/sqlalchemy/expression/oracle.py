"""Runs SQLAlchemy statements, one Python expression each, over the company's data.

Reads {"data": {table: rows}, "statements": [source]} and writes, for each one,
{"rows": [...]} or {"error": "..."}; INSERT, UPDATE and DELETE are rolled back and give what RETURNING
gives and the table's rows after them.
"""
import datetime, decimal, json, sys, warnings
warnings.simplefilter("ignore")
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import column, literal_column

metadata = MetaData()
dept = Table("dept", metadata, Column("id", Integer, primary_key=True), Column("name", String(40), unique=True))
emp = Table("emp", metadata, Column("id", Integer, primary_key=True), Column("name", String(40)),
    Column("age", Integer), Column("salary", Float), Column("dept_id", ForeignKey("dept.id")),
    Column("manager_id", Integer), Column("hired", DateTime), Column("data", JSON), Column("active", Boolean))
project = Table("project", metadata, Column("id", Integer, primary_key=True), Column("title", String(40)))
work = Table("work", metadata, Column("emp_id", ForeignKey("emp.id"), primary_key=True),
    Column("project_id", ForeignKey("project.id"), primary_key=True), Column("hours", Integer))
E, D, P, W = emp.c, dept.c, project.c, work.c
boss = emp.alias("boss")
B = boss.c


def plain(value):
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value


def run(connection, source):
    transaction = connection.begin()
    try:
        scope = dict(globals())
        exec(source if "q = " in source else "q = " + source, scope)
        statement = scope["q"]
        result = connection.execute(statement)
        rows = [[plain(value) for value in row] for row in result] if result.returns_rows else []
        after = None
        if statement.is_dml:
            table = statement.table
            after = [[plain(value) for value in row] for row in connection.execute(select(table).order_by(*table.primary_key))]
        return {"rows": rows, "after": after}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        transaction.rollback()


def main():
    given = json.load(sys.stdin)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        for table, rows in given["data"].items():
            marks = ", ".join("?" * len(rows[0]))
            for row in rows:
                connection.exec_driver_sql(f"insert into {table} values ({marks})", tuple(row))
        if hasattr(connection, "commit"):
            connection.commit()
        json.dump([run(connection, source) for source in given["statements"]], sys.stdout)


main()
