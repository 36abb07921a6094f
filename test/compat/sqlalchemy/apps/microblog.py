"""A microblog: followers, likes, replies, tags."""
import re

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased, contains_eager, joinedload, lazyload, raiseload, selectinload, validates
from werkzeug.security import check_password_hash, generate_password_hash

from common import Refused, Statements, errors_as_json, prepare

db = SQLAlchemy()

followers = db.Table(
    "followers",
    db.Column("follower_id", db.Integer, db.ForeignKey("user.id"), primary_key=True),
    db.Column("followed_id", db.Integer, db.ForeignKey("user.id"), primary_key=True),
)
likes = db.Table(
    "likes",
    db.Column("user_id", db.Integer, db.ForeignKey("user.id"), primary_key=True),
    db.Column("post_id", db.Integer, db.ForeignKey("post.id"), primary_key=True),
)
post_tags = db.Table(
    "post_tags",
    db.Column("post_id", db.Integer, db.ForeignKey("post.id"), primary_key=True),
    db.Column("tag_id", db.Integer, db.ForeignKey("tag.id"), primary_key=True),
)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(64), index=True, unique=True, nullable=False)
    email = db.Column(db.String(120), index=True, unique=True)
    password_hash = db.Column(db.String(256))
    about = db.Column(db.String(140), default="")
    posts = db.relationship("Post", backref="author", lazy="dynamic", cascade="all, delete-orphan")
    followed = db.relationship(
        "User",
        secondary=followers,
        primaryjoin=lambda: followers.c.follower_id == User.id,
        secondaryjoin=lambda: followers.c.followed_id == User.id,
        backref=db.backref("followers", lazy="dynamic"),
        lazy="dynamic",
    )

    @validates("username")
    def clean_username(self, key, value):
        if value is None or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{1,30}", value):
            raise Refused(f"bad {key}")
        return value.lower()

    def set_password(self, password):
        self.password_hash = generate_password_hash(password, method="pbkdf2:sha256:1000")

    def check_password(self, password):
        return check_password_hash(self.password_hash, password)

    def is_following(self, other):
        return self.followed.filter(followers.c.followed_id == other.id).count() > 0

    def follow(self, other):
        if not self.is_following(other):
            self.followed.append(other)

    def unfollow(self, other):
        if self.is_following(other):
            self.followed.remove(other)

    def followed_posts(self):
        followed = Post.query.join(followers, followers.c.followed_id == Post.user_id).filter(
            followers.c.follower_id == self.id
        )
        own = Post.query.filter_by(user_id=self.id)
        return followed.union(own).order_by(Post.at.desc(), Post.id)


class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    body = db.Column(db.String(140), nullable=False)
    at = db.Column(db.Integer, index=True, nullable=False)
    user_id = db.Column(db.Integer, db.ForeignKey("user.id"), nullable=False)
    parent_id = db.Column(db.Integer, db.ForeignKey("post.id"))
    replies = db.relationship("Post", backref=db.backref("parent", remote_side=[id]), order_by="Post.at")
    liked_by = db.relationship("User", secondary=likes, backref="liked", order_by="User.username")
    tags = db.relationship("Tag", secondary=post_tags, back_populates="posts", order_by="Tag.name")


class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(30), unique=True, nullable=False)
    posts = db.relationship("Post", secondary=post_tags, back_populates="tags")


def show_user(user):
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "about": user.about,
        "followers": user.followers.count(),
        "followed": user.followed.count(),
        "posts": user.posts.count(),
    }


def show_post(post):
    return {
        "id": post.id,
        "body": post.body,
        "at": post.at,
        "author": post.author.username,
        "tags": [tag.name for tag in post.tags],
        "likes": [user.username for user in post.liked_by],
    }


def by_name(username):
    return User.query.filter_by(username=username).first_or_404(description=f"no {username}")


def get_tag(name):
    tag = Tag.query.filter_by(name=name).one_or_none()
    if tag is None:
        tag = Tag(name=name)
        db.session.add(tag)
    return tag


def create_app(uri):
    app = Flask("microblog")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    prepare(app, db)
    errors_as_json(app, db)

    @app.post("/users")
    def add_user():
        data = request.get_json()
        user = User(username=data.get("username"), email=data.get("email"))
        user.set_password(data.get("password", "secret"))
        db.session.add(user)
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            return jsonify(error="taken", users=User.query.count()), 409
        return show_user(user), 201

    @app.post("/login")
    def login():
        data = request.get_json()
        user = User.query.filter_by(username=data["username"]).first()
        if user is None or not user.check_password(data["password"]):
            return jsonify(error="no"), 401
        return {"id": user.id}

    @app.get("/users/<username>")
    def get_user(username):
        return show_user(by_name(username))

    @app.get("/users/id/<int:id>")
    def get_by_id(id):
        return show_user(db.get_or_404(User, id))

    @app.patch("/users/<username>")
    def change_user(username):
        user = by_name(username)
        before = db.session.is_modified(user)
        for key, value in request.get_json().items():
            if key not in ("username", "email", "about"):
                raise Refused(f"unknown {key}")
            setattr(user, key, value)
        changed = db.session.is_modified(user)
        dirty = user in db.session.dirty and db.session.is_modified(user)
        db.session.commit()
        return {"user": show_user(user), "before": before, "changed": changed, "dirty": dirty}

    @app.post("/follow")
    def follow():
        data = request.get_json()
        who, whom = by_name(data["who"]), by_name(data["whom"])
        if data.get("undo"):
            who.unfollow(whom)
        else:
            who.follow(whom)
        at_once = who.is_following(whom)
        db.session.commit()
        return {"following": at_once, "count": who.followed.count(), "back": whom.is_following(who)}

    @app.get("/followers/<username>")
    def list_followers(username):
        user = by_name(username)
        return {
            "followers": [u.username for u in user.followers.order_by(User.username)],
            "followed": [u.username for u in user.followed.order_by(User.username.desc()).limit(2)],
        }

    @app.post("/posts")
    def add_post():
        data = request.get_json()
        user = by_name(data["username"])
        post = Post(body=data["body"], at=data["at"], author=user)
        if data.get("parent"):
            post.parent = db.get_or_404(Post, data["parent"])
        for name in re.findall(r"#(\w+)", data["body"] or ""):
            tag = get_tag(name)
            if tag not in post.tags:
                post.tags.append(tag)
        db.session.add(post)
        db.session.commit()
        return show_post(post), 201

    @app.get("/feed/<username>")
    def feed(username):
        user = by_name(username)
        page = user.followed_posts().paginate(per_page=request.args.get("size", 3, type=int), max_per_page=5)
        return {
            "items": [show_post(post) for post in page.items],
            "total": page.total,
            "pages": page.pages,
            "next": page.next_num,
            "prev": page.prev_num,
        }

    @app.get("/explore")
    def explore():
        page = db.paginate(db.select(Post).order_by(Post.at.desc(), Post.id), per_page=2)
        return {
            "items": [post.id for post in page],
            "numbers": list(page.iter_pages(left_edge=1, right_edge=1, left_current=1, right_current=1)),
            "first": page.first,
            "last": page.last,
        }

    @app.get("/search")
    def search():
        q = request.args.get("q", "")
        found = (
            Post.query.join(Post.author)
            .filter(db.or_(Post.body.contains(q, autoescape=True), User.username.like(f"{q}%")))
            .options(contains_eager(Post.author))
            .order_by(Post.id)
        )
        with Statements(db) as seen:
            names = [(post.id, post.author.username) for post in found]
        return {"found": names, "statements": seen.count}

    @app.post("/posts/<int:id>/like")
    def like(id):
        post = db.get_or_404(Post, id)
        user = by_name(request.get_json()["username"])
        if user in post.liked_by:
            post.liked_by.remove(user)
        else:
            user.liked.append(post)
        now = [each.username for each in post.liked_by]
        db.session.commit()
        return {"at once": now, "stored": show_post(post)["likes"]}

    @app.get("/popular")
    def popular():
        count = db.func.count(likes.c.user_id).label("likes")
        rows = db.session.execute(
            db.select(Post.id, Post.body, count)
            .outerjoin(likes, likes.c.post_id == Post.id)
            .group_by(Post.id, Post.body)
            .having(db.func.count(likes.c.user_id) >= request.args.get("least", 0, type=int))
            .order_by(count.desc(), Post.id)
        ).all()
        return jsonify([{"id": row.id, "body": row.body, "likes": row.likes} for row in rows])

    @app.get("/stats")
    def stats():
        counts = (
            db.session.query(Post.user_id, db.func.count().label("posts"))
            .group_by(Post.user_id)
            .subquery()
        )
        number = db.func.coalesce(counts.c.posts, 0)
        rows = (
            db.session.query(
                User.username,
                number.label("posts"),
                db.func.rank().over(order_by=number.desc()).label("rank"),
                db.func.row_number().over(order_by=[number.desc(), User.username]).label("row"),
            )
            .outerjoin(counts, User.id == counts.c.user_id)
            .order_by("row")
            .all()
        )
        return jsonify([list(row) for row in rows])

    @app.get("/mutual/<username>")
    def mutual(username):
        user = by_name(username)
        there, back = followers.alias(), followers.alias()
        other = aliased(User)
        names = db.session.scalars(
            db.select(other.username)
            .join(there, there.c.followed_id == other.id)
            .join(back, db.and_(back.c.follower_id == other.id, back.c.followed_id == there.c.follower_id))
            .where(there.c.follower_id == user.id)
            .order_by(other.username)
        ).all()
        lonely = User.query.filter(~User.followers.any(), ~User.posts.any()).order_by(User.username)
        writes = db.session.query(db.exists().where(Post.user_id == user.id)).scalar()
        return {"mutual": names, "lonely": [each.username for each in lonely], "writes": bool(writes)}

    @app.get("/thread/<int:id>")
    def thread(id):
        top = (
            db.select(Post.id, Post.parent_id, db.literal(0).label("depth"))
            .where(Post.id == id)
            .cte("thread", recursive=True)
        )
        child = aliased(Post)
        tree = top.union_all(
            db.select(child.id, child.parent_id, top.c.depth + 1).where(child.parent_id == top.c.id)
        )
        rows = db.session.execute(
            db.select(Post, tree.c.depth).join(tree, Post.id == tree.c.id).order_by(tree.c.depth, Post.id)
        )
        return jsonify([{"body": post.body, "depth": depth, "replies": len(post.replies)} for post, depth in rows])

    @app.get("/eager")
    def eager():
        db.session.expunge_all()
        with Statements(db) as seen:
            posts = (
                Post.query.options(joinedload(Post.author), selectinload(Post.tags).selectinload(Tag.posts))
                .order_by(Post.id)
                .limit(4)
                .all()
            )
            shown = [
                (post.author.username, sorted(tag.name for tag in post.tags), [len(tag.posts) for tag in post.tags])
                for post in posts
            ]
        return {"shown": shown, "statements": seen.count}

    @app.get("/raise")
    def raising():
        posts = Post.query.options(raiseload("*"), lazyload(Post.tags)).order_by(Post.id).limit(1).all()
        tags = [tag.name for tag in posts[0].tags]
        liked = len(posts[0].liked_by)
        return {"tags": tags, "liked": liked}

    @app.delete("/users/<username>")
    def delete_user(username):
        user = by_name(username)
        db.session.delete(user)
        db.session.commit()
        return {
            "users": User.query.count(),
            "posts": Post.query.count(),
            "follows": db.session.query(followers).count(),
        }

    @app.post("/cleanup")
    def cleanup():
        data = request.get_json()
        known = Post.query.all()
        gone = Post.query.filter(Post.body.like(data["like"]), ~Post.liked_by.any()).delete(
            synchronize_session=data.get("sync", "fetch")
        )
        left = sum(post in db.session for post in known)
        db.session.rollback()
        return {"gone": gone, "in session": left, "after": Post.query.count()}

    @app.post("/rename")
    def rename():
        data = request.get_json()
        users = User.query.order_by(User.id).all()
        count = User.query.filter(User.id > data["above"]).update(
            {User.about: User.username + "!", "email": None}, synchronize_session=data.get("sync", "evaluate")
        )
        about = [user.about for user in users]
        db.session.commit()
        return {"count": count, "about": about, "email": [user.email for user in users]}

    @app.post("/import")
    def import_users():
        result = []
        for item in request.get_json():
            try:
                with db.session.begin_nested():
                    db.session.add(User(username=item["username"], email=item.get("email")))
                result.append("ok")
            except IntegrityError:
                result.append("taken")
        db.session.commit()
        return jsonify(result=result, users=[u.username for u in User.query.order_by(User.username)])

    return app
