"""A shop: orders, lines as an association object, exact money, versions."""
import datetime
import enum
from decimal import Decimal

from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import column_property, deferred, joinedload, load_only, selectinload, undefer, validates

from common import Refused, Statements, errors_as_json, prepare

db = SQLAlchemy()


class Status(enum.Enum):
    open = "open"
    paid = "paid"
    shipped = "shipped"


class Customer(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(50), nullable=False)
    email = db.Column(db.String(80), unique=True, nullable=False)
    city = db.Column(db.String(40))
    orders = db.relationship("Order", back_populates="customer", order_by="Order.id")


class Product(db.Model):
    __table_args__ = (
        db.CheckConstraint("stock >= 0", name="stock_is_not_negative"),
        db.UniqueConstraint("name", "maker", name="one_name_for_each_maker"),
    )
    sku = db.Column(db.String(20), primary_key=True)
    name = db.Column(db.String(50), nullable=False)
    maker = db.Column(db.String(50), nullable=False, default="nobody", server_default="someone")
    price = db.Column(db.Numeric(10, 2), nullable=False)
    stock = db.Column(db.Integer, nullable=False, default=0)
    slug = db.Column(db.String(60))
    description = deferred(db.Column(db.Text))
    version = db.Column(db.Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


class Order(db.Model):
    __tablename__ = "orders"
    id = db.Column(db.Integer, primary_key=True)
    customer_id = db.Column(db.ForeignKey("customer.id"), nullable=False, index=True)
    status = db.Column(db.Enum(Status, name="order_status"), nullable=False, default=Status.open)
    placed_at = db.Column(db.DateTime, nullable=False)
    note = db.Column(db.String(100))
    customer = db.relationship("Customer", back_populates="orders")
    lines = db.relationship("Line", back_populates="order", cascade="all, delete-orphan", order_by="Line.position")

    @validates("status")
    def check_status(self, key, value):
        allowed = {None: [Status.open], Status.open: [Status.paid], Status.paid: [Status.shipped]}
        if value != self.status and value not in allowed.get(self.status, []):
            raise Refused(f"not from {self.status.value if self.status else None} to {value.value}")
        return value


class Line(db.Model):
    order_id = db.Column(db.ForeignKey("orders.id"), primary_key=True)
    product_sku = db.Column(db.ForeignKey("product.sku"), primary_key=True)
    position = db.Column(db.Integer, nullable=False)
    quantity = db.Column(db.Integer, nullable=False)
    unit_price = db.Column(db.Numeric(10, 2), nullable=False)
    order = db.relationship("Order", back_populates="lines")
    product = db.relationship("Product", lazy="joined", innerjoin=True)

    @property
    def total(self):
        return self.quantity * self.unit_price


Order.total = column_property(
    db.select(db.func.coalesce(db.func.sum(Line.quantity * Line.unit_price), 0))
    .where(Line.order_id == Order.id)
    .correlate_except(Line)
    .scalar_subquery()
)


class Audit(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    what = db.Column(db.String(100), nullable=False)


@event.listens_for(Product, "before_insert")
@event.listens_for(Product, "before_update")
def make_slug(mapper, connection, target):
    target.slug = f"{target.maker or 'nobody'}/{target.name}".lower().replace(" ", "-")


@event.listens_for(Product, "after_delete")
def note_deletion(mapper, connection, target):
    connection.execute(Audit.__table__.insert().values(what=f"deleted {target.sku}"))


@event.listens_for(Product.price, "set")
def price_set(target, value, old, initiator):
    if value is not None and Decimal(value) < 0:
        raise Refused("price below zero")


def money(value):
    return f"{Decimal(value):.2f}"


def show_product(product):
    return {
        "sku": product.sku,
        "name": product.name,
        "maker": product.maker,
        "price": str(product.price),
        "stock": product.stock,
        "slug": product.slug,
        "version": product.version,
    }


def show_order(order):
    return {
        "status": order.status.value,
        "customer": order.customer.name,
        "placed": order.placed_at.isoformat(),
        "lines": [[line.product.name, line.quantity, money(line.total)] for line in order.lines],
        "total": money(order.total),
    }


def create_app(uri):
    app = Flask("shop")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    db.init_app(app)
    prepare(app, db)
    errors_as_json(app, db)

    @app.post("/customers")
    def add_customers():
        db.session.add_all([Customer(**item) for item in request.get_json()])
        db.session.commit()
        return jsonify([c.id for c in Customer.query.order_by(Customer.id)]), 201

    @app.post("/products")
    def add_product():
        data = request.get_json()
        product = Product(**data)
        db.session.add(product)
        db.session.commit()
        return show_product(product), 201

    @app.get("/products")
    def list_products():
        statement = db.select(Product)
        if "min" in request.args:
            statement = statement.where(Product.price >= Decimal(request.args["min"]))
        if "max" in request.args:
            statement = statement.where(Product.price <= Decimal(request.args["max"]))
        if "maker" in request.args:
            statement = statement.filter(Product.maker.in_(request.args.getlist("maker")))
        sort = {"price": Product.price, "name": Product.name}[request.args.get("sort", "name")]
        statement = statement.order_by(sort.desc() if "desc" in request.args else sort, Product.sku)
        return jsonify([show_product(p) for p in db.session.execute(statement).scalars()])

    @app.get("/products/<sku>")
    def get_product(sku):
        product = db.session.execute(
            db.select(Product).filter_by(sku=sku).options(undefer(Product.description))
        ).scalar_one()
        return {**show_product(product), "description": product.description}

    @app.patch("/products/<sku>")
    def change_product(sku):
        product = Product.query.get_or_404(sku)
        for key, value in request.get_json().items():
            setattr(product, key, Decimal(value) if key == "price" else value)
        db.session.commit()
        return show_product(product)

    @app.post("/products/<sku>/race")
    def race(sku):
        product = Product.query.get_or_404(sku)
        table = Product.__table__
        db.session.execute(table.update().where(table.c.sku == sku).values(version=table.c.version + 1))
        product.stock = 77
        db.session.commit()
        return show_product(product)

    @app.delete("/products/<sku>")
    def delete_product(sku):
        product = Product.query.get_or_404(sku)
        db.session.delete(product)
        db.session.commit()
        return jsonify(audit=[a.what for a in Audit.query.order_by(Audit.id)])

    @app.put("/products")
    def put_product():
        product = db.session.merge(Product(**request.get_json()))
        new = product in db.session.new
        db.session.commit()
        return {**show_product(product), "new": new}

    @app.post("/orders")
    def add_order():
        data = request.get_json()
        customer = db.get_or_404(Customer, data["customer"])
        order = Order(customer=customer, placed_at=datetime.datetime.fromisoformat(data["at"]), note=data.get("note"))
        db.session.add(order)
        for position, item in enumerate(data["lines"]):
            product = db.session.get(Product, item["sku"], with_for_update=True)
            if product is None:
                raise Refused(f"no {item['sku']}")
            product.stock = product.stock - item["quantity"]
            order.lines.append(
                Line(product=product, position=position, quantity=item["quantity"], unit_price=product.price)
            )
        db.session.commit()
        return show_order(order), 201

    @app.get("/orders/<int:id>")
    def get_order(id):
        with Statements(db) as seen:
            order = db.session.get(
                Order, id, options=[joinedload(Order.customer), selectinload(Order.lines)], populate_existing=True
            )
            if order is None:
                return jsonify(error="none"), 404
            shown = show_order(order)
        return {**shown, "statements": seen.count}

    @app.put("/orders/<int:id>/lines/<sku>")
    def change_line(id, sku):
        quantity = request.get_json()["quantity"]
        line = Line.query.get_or_404((id, sku))
        if quantity:
            line.quantity = quantity
        else:
            order = line.order
            order.lines.remove(line)
            for position, other in enumerate(order.lines):
                other.position = position
        db.session.commit()
        return show_order(db.session.get(Order, id))

    @app.post("/orders/<int:id>/status")
    def change_status(id):
        order = db.get_or_404(Order, id)
        order.status = Status[request.get_json()["status"]]
        db.session.commit()
        return show_order(order)

    @app.post("/orders/<int:id>/copy")
    def copy_order(id):
        order = db.get_or_404(Order, id)
        copy = Order(customer=order.customer, placed_at=order.placed_at + datetime.timedelta(days=1))
        copy.lines = [
            Line(product_sku=line.product_sku, position=line.position, quantity=1, unit_price=line.unit_price)
            for line in order.lines
        ]
        db.session.add(copy)
        db.session.flush()
        total = copy.total if copy.total is not None else None
        db.session.refresh(copy)
        after = money(copy.total)
        if request.args.get("keep"):
            db.session.commit()
        else:
            db.session.rollback()
        return {"before": total is None, "after": after, "orders": Order.query.count(), "lines": Line.query.count()}

    @app.delete("/orders/<int:id>")
    def delete_order(id):
        db.session.delete(db.get_or_404(Order, id))
        db.session.commit()
        return {"orders": Order.query.count(), "lines": Line.query.count()}

    @app.delete("/customers/<int:id>")
    def delete_customer(id):
        db.session.delete(db.get_or_404(Customer, id))
        db.session.commit()
        return {"customers": Customer.query.count()}

    @app.get("/report/customers")
    def report_customers():
        spent = db.func.sum(Line.quantity * Line.unit_price)
        rows = (
            db.session.query(Customer.name, db.func.count(Order.id.distinct()).label("orders"), spent.label("spent"))
            .join(Customer.orders)
            .join(Order.lines)
            .filter(Order.status != Status.open)
            .group_by(Customer.id, Customer.name)
            .having(spent > request.args.get("over", 0, type=int))
            .order_by(spent.desc())
            .all()
        )
        return jsonify([[row.name, row.orders, money(row.spent)] for row in rows])

    @app.get("/report/top")
    def report_top():
        total = db.func.sum(Line.quantity).label("total")
        sold = db.select(Line.product_sku, total).group_by(Line.product_sku).cte("sold")
        place = db.func.dense_rank().over(order_by=sold.c.total.desc())
        ranked = db.select(
            Product.name,
            sold.c.total,
            place.label("place"),
            db.func.sum(sold.c.total).over(order_by=[sold.c.total.desc(), Product.sku], rows=(None, 0)).label("run"),
        ).join(sold, sold.c.product_sku == Product.sku)
        inner = ranked.subquery()
        rows = db.session.execute(
            db.select(inner).where(inner.c.place <= 2).order_by(inner.c.place, inner.c.name)
        ).mappings()
        return jsonify([{**row, "run": int(row["run"]), "total": int(row["total"])} for row in rows])

    @app.get("/report/never")
    def report_never():
        ordered = db.select(Line).where(Line.product_sku == Product.sku).exists()
        rows = db.session.scalars(db.select(Product.sku).where(~ordered).order_by(Product.sku)).all()
        cheap = Product.query.filter(
            Product.price < db.select(db.func.avg(Product.price)).scalar_subquery()
        ).order_by(Product.sku)
        either = db.union(
            db.select(Product.sku).where(Product.stock == 0), db.select(Product.sku).where(~ordered)
        ).order_by("sku")
        return jsonify(
            never=rows, cheap=[p.sku for p in cheap], either=[row[0] for row in db.session.execute(either)]
        )

    @app.get("/report/months")
    def report_months():
        month = db.extract("month", Order.placed_at)
        rows = db.session.execute(
            db.select(
                month.label("month"),
                db.func.count().label("count"),
                db.func.sum(db.case((Order.status == Status.open, 1), else_=0)).label("open"),
            )
            .group_by(month)
            .order_by(month)
        ).all()
        return jsonify([[int(row.month), row.count, int(row.open)] for row in rows])

    @app.post("/reprice")
    def reprice():
        known = {p.sku: p for p in Product.query}
        statement = (
            db.update(Product)
            .where(Product.maker == request.get_json()["maker"])
            .values(
                price=db.case((Product.price > 10, Product.price + 1), else_=Product.price),
                stock=Product.stock + 1,
            )
            .execution_options(synchronize_session="fetch")
        )
        count = db.session.execute(statement).rowcount
        shown = [[p.sku, money(p.price), p.stock] for p in sorted(known.values(), key=lambda p: p.sku)]
        db.session.commit()
        return {"count": count, "products": shown}

    @app.get("/export")
    def export():
        statement = db.select(Product).order_by(Product.sku).execution_options(yield_per=2)
        names = []
        for part in db.session.scalars(statement).partitions():
            names.append([product.name for product in part])
        return jsonify(names)

    @app.get("/names")
    def names():
        products = Product.query.options(load_only(Product.name)).order_by(Product.sku).all()
        with Statements(db) as seen:
            sorted(product.name for product in products)
        by_price = {p.sku: str(p.price) for p in Product.query.order_by(Product.sku)}
        return {"names": [p.name for p in products], "statements": seen.count, "prices": by_price}

    @app.post("/try")
    def try_things():
        # The session holds weak references only.
        kept, products = [], []
        for item in request.get_json():
            savepoint = db.session.begin_nested()
            try:
                products.append(Product(**item))
                db.session.add(products[-1])
                db.session.flush()
                savepoint.commit()
                kept.append(item["sku"])
            except IntegrityError as error:
                savepoint.rollback()
                kept.append(type(error).__name__)
        left = sorted(p.sku for p in db.session if isinstance(p, Product))
        db.session.commit()
        return {"kept": kept, "left": left, "count": Product.query.count()}

    @app.get("/forget/<sku>")
    def forget(sku):
        product = db.get_or_404(Product, sku)
        product.name = "changed"
        pending = db.session.is_modified(product)
        db.session.expire(product)
        gone = db.session.is_modified(product)
        db.session.refresh(product)
        name = product.name
        product.name = "changed again"
        with db.session.no_autoflush:
            same = db.session.execute(db.select(Product.name).filter_by(sku=sku)).scalar()
        flushed = db.session.execute(db.select(Product.name).filter_by(sku=sku)).scalar()
        db.session.rollback()
        return {
            "pending": pending,
            "gone": gone,
            "name": name,
            "no autoflush": same,
            "autoflush": flushed,
            "after": db.session.get(Product, sku).name,
        }

    @app.errorhandler(NoResultFound)
    def not_found(error):
        db.session.rollback()
        return jsonify(error="NoResultFound"), 404

    @app.errorhandler(KeyError)
    def no_key(error):
        db.session.rollback()
        return jsonify(error="KeyError"), 400

    @app.errorhandler(TypeError)
    def wrong_type(error):
        db.session.rollback()
        return jsonify(error="TypeError"), 400

    return app
