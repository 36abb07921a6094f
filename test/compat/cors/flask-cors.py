"""Answers requests with the real Flask-CORS: cases as JSON on stdin, answers as JSON on stdout."""
import json
import re
import sys
import warnings

from flask import Blueprint, Flask, Response, abort
from flask_cors import CORS, cross_origin

warnings.simplefilter("ignore")


def value(given):
    if isinstance(given, list):
        return [value(item) for item in given]
    if isinstance(given, dict):
        if "$regex" in given:
            return re.compile(given["$regex"])
        return {key: value(item) for key, item in given.items()}
    return given


def pairs(given):
    """A map whose keys may be compiled patterns comes as a list of pairs."""
    options = dict(given)
    resources = options.get("resources")
    if isinstance(resources, dict) and "$map" in resources:
        options["resources"] = {value(key): value(inner) for key, inner in resources["$map"]}
    return {key: value(item) if key != "resources" else value_of_resources(item)
            for key, item in options.items()}


def value_of_resources(given):
    if isinstance(given, dict) and any(not isinstance(key, str) for key in given):
        return given
    return value(given)


def build(case):
    app = Flask("differential")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.logger.disabled = True
    app.config.update({key: value(item) for key, item in case["config"].items()})
    for options in case["cors"]:
        CORS(app, **pairs(options))

    @app.after_request
    def failing(response):
        from flask import request
        if request.path.startswith("/fail"):
            raise ValueError("after")
        return response

    if case["decorator"] is not None:
        app.get("/deco")(cross_origin(**pairs(case["decorator"]))(lambda: "deco"))
    app.add_url_rule("/", "root", lambda: "root")
    app.add_url_rule("/api/<path:p>", "api", lambda p: p, methods=["GET", "POST"])
    app.add_url_rule("/boom", "boom", lambda: 1 / 0)
    app.add_url_rule("/gone", "gone", lambda: abort(410))
    app.add_url_rule("/fail", "fail", lambda: "fail")
    own = {"Access-Control-Allow-Origin": "http://own.test", "Vary": "Accept"}
    app.add_url_rule("/own", "own", lambda: Response("own", headers=own))
    blueprint = Blueprint("bp", "bp")
    if case["blueprint"] is not None:
        CORS(blueprint, **pairs(case["blueprint"]))
    blueprint.add_url_rule("/bp/x", "x", lambda: "bp")
    app.register_blueprint(blueprint)
    return app


def answer(client, request):
    reply = client.open(request["path"], method=request["method"],
                        headers=[tuple(pair) for pair in request["headers"]])
    shown = [[name.lower(), text] for name, text in reply.headers
             if name.lower().startswith("access-control-") or name.lower() in ("vary", "allow")]
    for pair in shown:
        if pair[0] == "allow":
            pair[1] = ", ".join(sorted(pair[1].split(", ")))
    return {"status": reply.status_code, "headers": shown}


def run(case):
    try:
        app = build(case)
    except Exception as error:
        return {"setup": type(error).__name__}
    client = app.test_client()
    return [answer(client, request) for request in case["requests"]]


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
