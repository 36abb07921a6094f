"""The same app in Flask, for gunicorn: `BENCH_SCENARIO=json gunicorn flask_app:app`."""

import os

from flask import Flask, g, request

scenario = os.environ.get("BENCH_SCENARIO", "text")
app = Flask(__name__, static_folder=None)

if scenario == "text":

    @app.get("/text")
    def text():
        return "Hello, World!"


if scenario == "json":

    @app.get("/json")
    def json_():
        return {"message": "Hello, World!", "path": request.path}


if scenario == "hooks":

    @app.before_request
    def before():
        g.user = "ann"

    @app.after_request
    def after(response):
        response.headers["X-User"] = g.user
        return response

    @app.get("/users/<int:id>")
    def user(id):
        return {"id": id, "user": g.user}


if scenario == "post":

    @app.post("/echo")
    def echo():
        return request.json


if scenario.startswith("routes"):
    for section in range(1000) if scenario == "routes-1000" else (500,):
        app.add_url_rule(
            f"/section{section}/items/<id>",
            f"s{section}",
            lambda id, section=section: f"{section}:{id}",
        )
