"""The Flask half of exchange.test.ts: real Flask apps that share one secret with BustAPI's.

`flask_side.py --probe` says what this Python has. Else it reads a JSON object with `secret` and `keys` (algorithm →
`private` and `public`, both PEM) from standard input, serves on a free port of 127.0.0.1, and prints that port.
"""
import datetime
import importlib
import json
import os
import sys
import threading
import uuid

from flask import Flask, flash, get_flashed_messages, jsonify, request, session
from markupsafe import Markup
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.serving import WSGIRequestHandler, make_server


def importable(name):
    try:
        importlib.import_module(name)
        return True
    except ImportError:
        return False


EXTENSIONS = [n for n in ("flask_login", "flask_jwt_extended", "cryptography") if importable(n)]

if "--probe" in sys.argv:
    print(json.dumps({"executable": sys.executable, "extensions": EXTENSIONS}))
    sys.exit()


def kind(value):
    """A value with its type, as both halves write it."""
    if isinstance(value, tuple):
        return ["tuple", [kind(item) for item in value]]
    if isinstance(value, list):
        return ["list", [kind(item) for item in value]]
    if isinstance(value, dict):
        return ["dict", {key: kind(item) for key, item in value.items()}]
    if isinstance(value, Markup):
        return ["Markup", str(value)]
    if isinstance(value, bytes):
        return ["bytes", value.decode("latin1")]
    if isinstance(value, uuid.UUID):
        return ["UUID", str(value)]
    if isinstance(value, datetime.datetime):
        return ["datetime", value.timestamp()]
    return ["plain", value]


def sessions(app):
    @app.post("/session")
    def write():
        session.permanent = request.args.get("permanent") == "1"
        session["name"] = "Zoë 🐍"
        session["count"] = 1
        session["price"] = 1.5
        session["none"] = None
        session["list"] = [1, "two", True]
        session["pair"] = (1, ("x",))
        session["bytes"] = b"\x00\xffabc"
        session["html"] = Markup("<b>bold</b>")
        session["uuid"] = uuid.UUID("12345678-1234-5678-1234-567812345678")
        session["date"] = datetime.datetime(2024, 2, 29, 12, 30, 15, tzinfo=datetime.timezone.utc)
        session["tagged"] = {" t": "not a tuple"}
        session["long"] = "abc" * 300
        flash("Welcome back", "info")
        return ""

    @app.post("/session/count")
    def count():
        session["count"] += 1
        return jsonify(session["count"])

    @app.get("/session")
    def read():
        flashed = get_flashed_messages(with_categories=True) if "flashed" in request.args else []
        return jsonify(
            values={key: kind(value) for key, value in session.items() if key[0] != "_"},
            permanent=session.permanent,
            flashed=[list(one) for one in flashed],
        )


def passwords(app):
    @app.post("/hash")
    def hash_():
        try:
            return jsonify(generate_password_hash(**request.json))
        except ValueError:  # Werkzeug before 2.3 has no scrypt
            return jsonify(None)

    @app.post("/check")
    def check():
        return jsonify(check_password_hash(request.json["hash"], request.json["password"]))


def login(app):
    from flask_login import LoginManager, UserMixin, current_user, login_fresh, login_user, logout_user

    class User(UserMixin):
        def __init__(self, id):
            self.id = id

    manager = LoginManager(app)
    manager.session_protection = "strong"
    manager.user_loader(lambda id: User(id) if id in ("7", "zoë") else None)

    @app.post("/in/<id>")
    def sign_in(id):
        return jsonify(login_user(User(id), remember="remember" in request.args))

    @app.post("/out")
    def sign_out():
        return jsonify(logout_user())

    @app.get("/me")
    def me():
        return jsonify(id=current_user.get_id(), fresh=current_user.is_authenticated and login_fresh())


def tokens(app):
    from flask_jwt_extended import (
        JWTManager,
        create_access_token,
        create_refresh_token,
        get_jwt,
        get_jwt_identity,
        jwt_required,
        set_access_cookies,
    )

    JWTManager(app)

    @app.post("/token")
    def token():
        given = request.json
        return jsonify(
            access=create_access_token(given["id"], fresh=given["fresh"], additional_claims={"role": "Zoë"}),
            refresh=create_refresh_token(given["id"]),
            expired=create_access_token(given["id"], expires_delta=datetime.timedelta(seconds=-5)),
        )

    @app.post("/cookies")
    def cookies():
        response = jsonify("done")
        set_access_cookies(response, create_access_token(request.json["id"]))
        return response

    @app.route("/protected", methods=["GET", "POST"])
    @jwt_required()
    def protected():
        return jsonify(id=get_jwt_identity(), role=get_jwt().get("role"))

    @app.get("/fresh")
    @jwt_required(fresh=True)
    def fresh():
        return jsonify(id=get_jwt_identity())

    @app.post("/refresh")
    @jwt_required(refresh=True)
    def refresh():
        return jsonify(access=create_access_token(get_jwt_identity(), fresh=False))


def make_app(settings, algorithm=None):
    app = Flask("exchange", static_folder=None)
    app.secret_key = settings["secret"]
    sessions(app)
    passwords(app)
    if "flask_login" in EXTENSIONS:
        login(app)
    if "flask_jwt_extended" in EXTENSIONS:
        app.config["JWT_TOKEN_LOCATION"] = ["headers", "cookies"]
        if algorithm:
            keys = settings["keys"][algorithm]
            app.config.update(JWT_ALGORITHM=algorithm, JWT_PRIVATE_KEY=keys["private"], JWT_PUBLIC_KEY=keys["public"])
        tokens(app)
    return app


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


def main():
    settings = json.loads(sys.stdin.readline())
    mounts = {f"/{name}": make_app(settings, name) for name in settings["keys"] if "cryptography" in EXTENSIONS}
    server = make_server(
        "127.0.0.1", 0, DispatcherMiddleware(make_app(settings), mounts), threaded=True, request_handler=Quiet
    )
    print(server.port, flush=True)

    def watch():
        sys.stdin.read()  # ends with the test's process, however that ends
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
