import { BustAPI, jsonify, request } from 'bustapi'
import { IntegrityError, type Lazy, NoResultFound, SQLAlchemy } from 'bustapi/sqlalchemy'
import { configure, counting, errorsAsJson, json, Refused } from './common.ts'

const STATUS = { open: 'open', paid: 'paid', shipped: 'shipped' } as const
type Status = (typeof STATUS)[keyof typeof STATUS]

/** `shop.py`, line by line. Money is text; what is reckoned with it here goes by the cent. */
export function createShop(uri: string): { readonly app: BustAPI; readonly db: SQLAlchemy } {
  const db = new SQLAlchemy()

  class Customer extends db.Model<Customer>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(50), { nullable: false })
    email = db.Column(db.String(80), { unique: true, nullable: false })
    city = db.Column(db.String(40))
    orders = db.relationship(() => Order, { backPopulates: 'customer', orderBy: 'Order.id' })
  }

  class Product extends db.Model<Product>() {
    static tableArgs = [
      db.CheckConstraint('stock >= 0', { name: 'stock_is_not_negative' }),
      db.UniqueConstraint('name', 'maker', { name: 'one_name_for_each_maker' }),
    ]
    static mapperArgs = { versionIdCol: 'version' }
    sku = db.Column(db.String(20), { primaryKey: true })
    name = db.Column(db.String(50), { nullable: false })
    maker = db.Column(db.String(50), {
      nullable: false,
      default: 'nobody',
      serverDefault: 'someone',
    })
    price = db.Column(db.Numeric(10, 2), { nullable: false })
    stock = db.Column(db.Integer, { nullable: false, default: 0 })
    slug = db.Column(db.String(60))
    description = db.deferred(db.Column(db.Text))
    version = db.Column(db.Integer, { nullable: false })
  }

  class Order extends db.Model<Order>() {
    static tablename = 'orders'
    id = db.Column(db.Integer, { primaryKey: true })
    customerId = db.Column('customer_id', db.Integer, db.ForeignKey('customer.id'), {
      nullable: false,
      index: true,
    })
    status = db.Column(db.Enum(STATUS, { name: 'order_status' }), {
      nullable: false,
      default: STATUS.open,
    })
    placedAt = db.Column('placed_at', db.DateTime, { nullable: false })
    note = db.Column(db.String(100))
    customer = db.relationship(() => Customer, { backPopulates: 'orders', uselist: false })
    lines = db.relationship(() => Line, {
      backPopulates: 'order',
      cascade: 'all, delete-orphan',
      orderBy: 'Line.position',
    })
    total = db.columnProperty<string>(() =>
      db
        .select(db.func.coalesce(db.func.sum(Line.c.quantity.mul(Line.c.unitPrice)), 0))
        .where(Line.c.orderId.eq(Order.c.id))
        .correlateExcept(Line)
        .scalarSubquery(),
    )
  }
  db.validates(Order, 'status', function (this: Order, _key, value: Status) {
    const allowed: Record<string, Status[]> = { none: ['open'], open: ['paid'], paid: ['shipped'] }
    const now = this.status as Status | undefined
    if (value !== now && !allowed[now ?? 'none']?.includes(value)) {
      throw new Refused(`not from ${now ?? 'None'} to ${value}`)
    }
    return value
  })

  class Line extends db.Model<Line>() {
    orderId = db.Column('order_id', db.Integer, db.ForeignKey('orders.id'), { primaryKey: true })
    productSku = db.Column('product_sku', db.String(20), db.ForeignKey('product.sku'), {
      primaryKey: true,
    })
    position = db.Column(db.Integer, { nullable: false })
    quantity = db.Column(db.Integer, { nullable: false })
    unitPrice = db.Column('unit_price', db.Numeric(10, 2), { nullable: false })
    order = db.relationship(() => Order, { backPopulates: 'lines', uselist: false })
    product = db.relationship(() => Product, { lazy: 'joined', innerjoin: true, uselist: false })

    get total(): string {
      return ((this.quantity * Math.round(Number(this.unitPrice) * 100)) / 100).toFixed(2)
    }
  }

  class Audit extends db.Model<Audit>() {
    id = db.Column(db.Integer, { primaryKey: true })
    what = db.Column(db.String(100), { nullable: false })
  }

  const makeSlug = (_mapper: unknown, _connection: unknown, target: Product) => {
    target.slug = `${target.maker ?? 'nobody'}/${target.name}`.toLowerCase().replaceAll(' ', '-')
  }
  db.event.listen(Product, 'beforeInsert', makeSlug)
  db.event.listen(Product, 'beforeUpdate', makeSlug)
  db.event.listen(Product, 'afterDelete', async (_mapper, connection, target: Product) => {
    await connection.execute(db.insert(Audit).values({ what: `deleted ${target.sku}` }))
  })
  db.event.listen(Product.c.price, 'set', (_target, value: string | null) => {
    if (value !== null && Number(value) < 0) throw new Refused('price below zero')
  })

  const money = (value: string | number) => Number(value).toFixed(2)
  const showProduct = (product: Product) => ({
    sku: product.sku,
    name: product.name,
    maker: product.maker,
    price: product.price,
    stock: product.stock,
    slug: product.slug,
    version: product.version,
  })
  const loaded = async <T>(value: Lazy<T | null>) => (await value) as T
  const showOrder = async (order: Order) => {
    const lines = []
    for (const line of await order.lines) {
      lines.push([(await loaded(line.product)).name, line.quantity, money(line.total)])
    }
    return {
      status: order.status,
      customer: (await loaded(order.customer)).name,
      placed: order.placedAt.toISOString().slice(0, 19),
      lines,
      total: money(order.total),
    }
  }

  const app = new BustAPI('shop')
  configure(app, uri)
  db.initApp(app)
  errorsAsJson(app, db)

  app.post('/customers', async () => {
    db.session.addAll((await json()).map((item: object) => new Customer(item)))
    await db.session.commit()
    const all = await Customer.query.orderBy(Customer.c.id).all()
    return [jsonify(all.map((customer) => customer.id)), 201]
  })

  app.post('/products', async () => {
    const product = new Product(await json())
    db.session.add(product)
    await db.session.commit()
    return [showProduct(product), 201]
  })

  app.get('/products', async () => {
    let statement = db.select(Product)
    const { args } = request
    if (args.has('min')) statement = statement.where(Product.c.price.ge(args.get('min') ?? ''))
    if (args.has('max')) statement = statement.where(Product.c.price.le(args.get('max') ?? ''))
    if (args.has('maker')) statement = statement.filter(Product.c.maker.in(args.getlist('maker')))
    const sorts = new Map<string, typeof Product.c.price | typeof Product.c.name>([
      ['price', Product.c.price],
      ['name', Product.c.name],
    ])
    const sort = sorts.get(args.get('sort', 'name'))
    if (sort === undefined) return [{ error: 'KeyError' }, 400]
    statement = statement.orderBy(args.has('desc') ? sort.desc() : sort, Product.c.sku)
    const products = await db.session.execute(statement).scalars().all()
    return jsonify(products.map(showProduct))
  })

  app.get('/products/<sku>', async ({ sku }) => {
    const product = await db.session
      .execute(db.select(Product).filterBy({ sku }).options(db.undefer(Product.c.description)))
      .scalarOne()
    return { ...showProduct(product), description: product.description }
  })

  app.patch('/products/<sku>', async ({ sku }) => {
    const product = await Product.query.getOr404(sku)
    Object.assign(product, await json())
    await db.session.commit()
    return showProduct(product)
  })

  app.post('/products/<sku>/race', async ({ sku }) => {
    const product = await Product.query.getOr404(sku)
    const { table } = Product
    await db.session.execute(
      db
        .update(table)
        .where(Product.c.sku.eq(sku))
        .values({ version: Product.c.version.add(1) }),
    )
    product.stock = 77
    await db.session.commit()
    return showProduct(product)
  })

  app.delete('/products/<sku>', async ({ sku }) => {
    const product = await Product.query.getOr404(sku)
    await db.session.delete(product)
    await db.session.commit()
    return { audit: (await Audit.query.orderBy(Audit.c.id).all()).map((audit) => audit.what) }
  })

  app.put('/products', async () => {
    const product = await db.session.merge(new Product(await json()))
    const isNew = db.session.new.has(product)
    await db.session.commit()
    return { ...showProduct(product), new: isNew }
  })

  app.post('/orders', async () => {
    const data = await json()
    const customer = await db.getOr404(Customer, data.customer)
    const order = new Order({ customer, placedAt: new Date(`${data.at}Z`), note: data.note })
    db.session.add(order)
    for (const [position, item] of data.lines.entries()) {
      const product = await db.session.get(Product, item.sku, { withForUpdate: true })
      if (product === null) throw new Refused(`no ${item.sku}`)
      product.stock = product.stock - item.quantity
      order.lines.append(
        new Line({ product, position, quantity: item.quantity, unitPrice: product.price }),
      )
    }
    await db.session.commit()
    // What the database reckons is read after the commit.
    await db.session.refresh(order)
    return [await showOrder(order), 201]
  })

  app.get('/orders/<int:id>', async ({ id }) => {
    const [shown, statements] = await counting(db, async () => {
      const order = await db.session.get(Order, id, {
        options: [db.joinedload(Order.c.customer), db.selectinload(Order.c.lines)],
        populateExisting: true,
      })
      return order && (await showOrder(order))
    })
    if (shown === null) return [{ error: 'none' }, 404]
    return { ...shown, statements }
  })

  app.put('/orders/<int:id>/lines/<sku>', async ({ id, sku }) => {
    const { quantity } = await json()
    const line = await Line.query.getOr404([id, sku])
    if (quantity) line.quantity = quantity
    else {
      const order = await loaded(line.order)
      await order.lines
      order.lines.remove(line)
      for (const [position, other] of order.lines.toArray().entries()) other.position = position
    }
    await db.session.commit()
    return showOrder((await db.session.get(Order, id)) as Order)
  })

  app.post('/orders/<int:id>/status', async ({ id }) => {
    const order = await db.getOr404(Order, id)
    const { status } = await json()
    if (!Object.hasOwn(STATUS, status)) return [{ error: 'KeyError' }, 400]
    order.status = status
    await db.session.commit()
    return showOrder(order)
  })

  app.post('/orders/<int:id>/copy', async ({ id }) => {
    const order = await db.getOr404(Order, id)
    const copy = new Order({
      customer: await order.customer,
      placedAt: new Date(order.placedAt.getTime() + 86_400_000),
    })
    copy.lines.replace(
      (await order.lines).map(
        (line) =>
          new Line({
            productSku: line.productSku,
            position: line.position,
            quantity: 1,
            unitPrice: line.unitPrice,
          }),
      ),
    )
    db.session.add(copy)
    await db.session.flush()
    await db.session.refresh(copy)
    const after = money(copy.total)
    await (request.args.get('keep') ? db.session.commit() : db.session.rollback())
    return {
      before: false,
      after,
      orders: await Order.query.count(),
      lines: await Line.query.count(),
    }
  })

  app.delete('/orders/<int:id>', async ({ id }) => {
    await db.session.delete(await db.getOr404(Order, id))
    await db.session.commit()
    return { orders: await Order.query.count(), lines: await Line.query.count() }
  })

  app.delete('/customers/<int:id>', async ({ id }) => {
    await db.session.delete(await db.getOr404(Customer, id))
    await db.session.commit()
    return { customers: await Customer.query.count() }
  })

  app.get('/report/customers', async () => {
    const spent = db.func.sum(Line.c.quantity.mul(Line.c.unitPrice))
    const rows = await db.session
      .query(
        Customer.c.name,
        db.func.count(Order.c.id.distinct()).label('orders'),
        spent.label('spent'),
      )
      .join(Customer.c.orders)
      .join(Order.c.lines)
      .filter(Order.c.status.ne('open'))
      .groupBy(Customer.c.id, Customer.c.name)
      .having(spent.gt(request.args.get('over', 0, Number)))
      .orderBy(spent.desc())
      .all()
    return jsonify(rows.map((row) => [row.name, row.orders, money(row.spent ?? 0)]))
  })

  app.get('/report/top', async () => {
    const total = db.func.sum(Line.c.quantity).label('total')
    const sold = db.select(Line.c.productSku, total).groupBy(Line.c.productSku).cte('sold')
    const place = db.func.dense_rank().over({ orderBy: sold.c.total.desc() })
    const ranked = db
      .select(
        Product.c.name,
        sold.c.total,
        place.label('place'),
        db.func
          .sum(sold.c.total)
          .over({ orderBy: [sold.c.total.desc(), Product.c.sku], rows: [null, 0] })
          .label('run'),
      )
      .join(sold, sold.c.productSku.eq(Product.c.sku))
    const inner = ranked.subquery()
    const rows = await db.session
      .execute(db.select(inner).where(inner.c.place.le(2)).orderBy(inner.c.place, inner.c.name))
      .mappings()
      .all()
    return jsonify(rows)
  })

  app.get('/report/never', async () => {
    const ordered = db.select(Line).where(Line.c.productSku.eq(Product.c.sku)).exists()
    const never = await db.session
      .scalars(db.select(Product.c.sku).where(ordered.not()).orderBy(Product.c.sku))
      .all()
    const cheap = await Product.query
      .filter(Product.c.price.lt(db.select(db.func.avg(Product.c.price)).scalarSubquery()))
      .orderBy(Product.c.sku)
      .all()
    const either = db
      .union(
        db.select(Product.c.sku).where(Product.c.stock.eq(0)),
        db.select(Product.c.sku).where(ordered.not()),
      )
      .orderBy('sku')
    return {
      never,
      cheap: cheap.map((product) => product.sku),
      either: (await db.session.execute(either).all()).map((row) => row[0]),
    }
  })

  app.get('/report/months', async () => {
    const month = db.extract('month', Order.c.placedAt)
    const rows = await db.session
      .execute(
        db
          .select(
            month.label('month'),
            db.func.count().label('count'),
            db.func.sum(db.case([[Order.c.status.eq('open'), 1]], { else: 0 })).label('open'),
          )
          .groupBy(month)
          .orderBy(month),
      )
      .all()
    return jsonify(rows.map((row) => [row.month, row.count, row.open]))
  })

  app.post('/reprice', async () => {
    const known = await Product.query.orderBy(Product.c.sku).all()
    const statement = db
      .update(Product)
      .where(Product.c.maker.eq((await json()).maker))
      .values({
        price: db.case([[Product.c.price.gt(10), Product.c.price.add(1)]], {
          else: Product.c.price,
        }),
        stock: Product.c.stock.add(1),
      })
      .executionOptions({ synchronizeSession: 'fetch' })
    const count = (await db.session.execute(statement)).rowcount
    const now = await Product.query.orderBy(Product.c.sku).all()
    const same = now.every((product, index) => product === known[index])
    const products = same ? known.map((p) => [p.sku, money(p.price), p.stock]) : []
    await db.session.commit()
    return { count, products }
  })

  app.get('/export', async () => {
    const statement = db.select(Product).orderBy(Product.c.sku).executionOptions({ yieldPer: 2 })
    const names = []
    for await (const part of db.session.stream(statement).scalars().partitions()) {
      names.push(part.map((product) => product.name))
    }
    return jsonify(names)
  })

  app.get('/names', async () => {
    const products = await Product.query
      .options(db.loadOnly(Product.c.name))
      .orderBy(Product.c.sku)
      .all()
    const [, statements] = await counting(db, async () => products.map(({ name }) => name).sort())
    const prices: Record<string, string> = {}
    for await (const product of Product.query.orderBy(Product.c.sku)) {
      prices[product.sku] = product.price
    }
    return { names: products.map(({ name }) => name), statements, prices }
  })

  app.post('/try', async () => {
    const kept = []
    for (const item of await json()) {
      const savepoint = await db.session.beginNested()
      try {
        db.session.add(new Product(item))
        await db.session.flush()
        await savepoint.commit()
        kept.push(item.sku)
      } catch (error) {
        if (!(error instanceof IntegrityError)) throw error
        await savepoint.rollback()
        kept.push(error.name)
      }
    }
    const left = [...db.session].filter((it) => it instanceof Product).map(({ sku }) => sku)
    await db.session.commit()
    return { kept, left: left.sort(), count: await Product.query.count() }
  })

  app.get('/forget/<sku>', async ({ sku }) => {
    const product = await db.getOr404(Product, sku)
    product.name = 'changed'
    const pending = db.session.isModified(product)
    db.session.expire(product)
    const gone = db.session.isModified(product)
    await db.session.refresh(product)
    const { name } = product
    product.name = 'changed again'
    const asked = db.select(Product.c.name).filterBy({ sku })
    const same = await db.session.noAutoflush(() => db.session.execute(asked).scalar())
    const flushed = await db.session.execute(asked).scalar()
    await db.session.rollback()
    return {
      pending,
      gone,
      name,
      'no autoflush': same,
      autoflush: flushed,
      after: (await db.session.get(Product, sku))?.name,
    }
  })

  app.errorhandler(NoResultFound, async () => {
    await db.session.rollback()
    return [{ error: 'NoResultFound' }, 404]
  })
  app.errorhandler(TypeError, async () => {
    await db.session.rollback()
    return [{ error: 'TypeError' }, 400]
  })

  return { app, db }
}
