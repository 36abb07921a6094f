"""Answers requests with the real Flask-JWT-Extended: cases as JSON on stdin, answers on stdout."""
import json
import sys
import warnings
from datetime import timedelta

from flask import Flask, jsonify
from flask_jwt_extended import (JWTManager, create_access_token, get_jwt, get_jwt_header,
                                get_jwt_identity, get_jwt_request_location, jwt_required)

warnings.simplefilter("ignore")


def build(case):
    app = Flask("differential")
    app.logger.disabled = True
    app.config.update(case["config"])
    app.config["PROPAGATE_EXCEPTIONS"] = False
    manager = JWTManager(app)
    blocked = set(case["blocked"])
    if blocked:
        manager.token_in_blocklist_loader(lambda header, data: data["jti"] in blocked)
    if case["users"] is not None:
        manager.user_lookup_loader(lambda header, data: case["users"].get(
            data[app.config["JWT_IDENTITY_CLAIM"]]))

    @app.route("/", methods=["GET", "POST", "OPTIONS"])
    @jwt_required(**case["required"])
    def view():
        return jsonify(identity=get_jwt_identity(), claims=get_jwt(), header=get_jwt_header(),
                       location=get_jwt_request_location())

    @app.route("/make", methods=["POST"])
    def make():
        options = dict(case["create"])
        if isinstance(options.get("expires_delta"), (int, float)) \
                and options["expires_delta"] is not False:
            options["expires_delta"] = timedelta(seconds=options["expires_delta"])
        return jsonify(token=create_access_token("ana", **options))

    return app


def run(case):
    client = build(case).test_client(use_cookies=False)
    answers = []
    for request in case["requests"]:
        reply = client.open(request["path"], method=request["method"],
                            headers=[tuple(pair) for pair in request["headers"]],
                            data=request.get("body"))
        body = reply.get_json(silent=True)
        answers.append({"status": reply.status_code, "body": body})
    return answers


json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
