"""Runs ORM queries in SQLAlchemy over the blog's rows.

Reads {"schema": sql, "cases": [source]} and writes, for each case, {"value": …, "statements": n} or
{"error": class, "message": text}. A case is an expression over the models and the helpers below.
"""
import datetime, json, sys, warnings
warnings.simplefilter("ignore")
import sqlalchemy as sa
from sqlalchemy import *
from sqlalchemy import event, inspect
from sqlalchemy.orm import *

given = json.load(sys.stdin)
Base = declarative_base()
post_tag = Table("post_tag", Base.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True))

class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    name = Column(String(80))
    age = Column(Integer)
    active = Column(Boolean)
    joined = Column("joined_at", DateTime)
    bio = deferred(Column(Text))
    posts = relationship("Post", back_populates="author", order_by="Post.id")
    profile = relationship("Profile", uselist=False, back_populates="user")
class Profile(Base):
    __tablename__ = "profile"
    id = Column(Integer, primary_key=True)
    userId = Column("user_id", ForeignKey("user.id"))
    site = Column(String(80))
    user = relationship("User", back_populates="profile")
class Post(Base):
    __tablename__ = "post"
    id = Column(Integer, primary_key=True)
    title = Column(String(80))
    meta = Column(JSON)
    authorId = Column("author_id", ForeignKey("user.id"))
    author = relationship("User", back_populates="posts")
    comments = relationship("Comment", back_populates="post", order_by="Comment.id.desc()")
    tags = relationship("Tag", secondary=post_tag, back_populates="posts", order_by="Tag.name")
    longComments = relationship("Comment", viewonly=True, order_by="Comment.id",
        primaryjoin="and_(Comment.postId == Post.id, Comment.id > 4)")
class Comment(Base):
    __tablename__ = "comment"
    id = Column(Integer, primary_key=True)
    text = Column(String(80))
    postId = Column("post_id", ForeignKey("post.id"))
    post = relationship("Post", back_populates="comments")
class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    name = Column(String(80))
    posts = relationship("Post", secondary=post_tag, back_populates="tags", order_by="Post.id")
class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    name = Column(String(80))
    parentId = Column("parent_id", ForeignKey("node.id"))
    parent = relationship("Node", remote_side=[id], back_populates="children")
    children = relationship("Node", back_populates="parent", lazy="joined", join_depth=2, order_by="Node.id")
class Shelf(Base):
    __tablename__ = "shelf"
    room = Column(String(10), primary_key=True)
    number = Column(Integer, primary_key=True)
    label = Column(String(80))
    books = relationship("Book", back_populates="shelf", order_by="Book.id")
class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    title = Column(String(80))
    room = Column(String(10))
    number = Column(Integer)
    shelf = relationship("Shelf", back_populates="books")
    __table_args__ = (ForeignKeyConstraint(["room", "number"], ["shelf.room", "shelf.number"]),)
class Employee(Base):
    __tablename__ = "employee"
    id = Column(Integer, primary_key=True)
    type = Column(String(20))
    name = Column(String(80))
    reports = relationship("Report", back_populates="employee", order_by="Report.id")
    # Rows of subclasses come with all they have, as in the package under test.
    __mapper_args__ = {"polymorphic_on": type, "polymorphic_identity": "employee", "with_polymorphic": "*"}
class Manager(Employee):
    budget = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "manager"}
class Engineer(Employee):
    language = Column(String(20))
    __mapper_args__ = {"polymorphic_identity": "engineer"}
class Report(Base):
    __tablename__ = "report"
    id = Column(Integer, primary_key=True)
    text = Column(String(80))
    employeeId = Column("employee_id", ForeignKey("employee.id"))
    employee = relationship("Employee", back_populates="reports")

engine = create_engine("sqlite://")
raw = engine.raw_connection()
raw.executescript(given["schema"])
raw.close()
count = 0

@event.listens_for(engine, "before_cursor_execute")
def counted(*args):
    global count
    count += 1

def plain(value, above=()):
    """An entity with what is loaded of it; a value as JSON has it."""
    if isinstance(value, Base):
        state = inspect(value)
        name = type(value).__name__
        if value in above:
            return "^" + name + ",".join(str(part) for part in state.identity)
        inside = above + (value,)
        loaded = {key: plain(getattr(value, key), inside)
                  for key in state.mapper.attrs.keys() if key not in state.unloaded}
        return {"class": name, **dict(sorted(loaded.items()))}
    if isinstance(value, (list, tuple, sa.engine.Row)):
        return [plain(item, above) for item in value]
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return value

def entities(statement, **options):
    return session.scalars(statement, execution_options=options).unique().all()
def rows(statement):
    return session.execute(statement).all()
def query(*what):
    return session.query(*what)
def then(first, second):
    return second(first)

answers = []
for source in given["cases"]:
    session = Session(engine)
    count = 0
    try:
        found = eval(source)
        # Reading what is loaded must not load more.
        statements = count
        answers.append({"value": plain(found), "statements": statements})
    except Exception as error:
        answers.append({"error": type(error).__name__, "message": str(error).split("\n")[0]})
    session.rollback()
    session.close()
json.dump(answers, sys.stdout)
