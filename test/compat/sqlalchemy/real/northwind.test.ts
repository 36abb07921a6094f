import { describe } from 'vitest'
import { askQuestions, columnOf, type Question } from './ask.ts'
import {
  Category,
  Company,
  db,
  employeeTerritories,
  northwindRows,
  Order,
  OrderDetail,
  Product,
  Region,
  Shipper,
  Staff,
  Supplier,
  Territory,
} from './northwind.ts'

const { func } = db

const rows = async (statement: Parameters<typeof db.session.execute>[0]) =>
  (await db.session.execute(statement).all()).map((row) => [...row])

const QUESTIONS: readonly Question[] = [
  {
    question: 'products that are still sold and nearly out of stock',
    ask: async () =>
      (
        await Product.query
          .filterBy({ discontinued: false })
          .filter(Product.c.unitsInStock.lt(25))
          .orderBy(Product.c.id)
          .all()
      ).map(({ id, unitsInStock }) => [id, unitsInStock]),
    sql: `SELECT product_id, units_in_stock FROM products WHERE discontinued = false AND units_in_stock < 25 ORDER BY product_id`,
  },
  {
    question: 'the second page of ten products by price',
    ask: async () => {
      const page = await db.paginate(
        db.select(Product).orderBy(Product.c.unitPrice, Product.c.id),
        {
          page: 2,
          perPage: 10,
        },
      )
      return page.items.map(({ id, unitPrice }) => [id, unitPrice, page.total])
    },
    sql: 'SELECT product_id, unit_price, (SELECT count(*) FROM products) AS total FROM products ORDER BY unit_price, product_id LIMIT 10 OFFSET 10',
  },
  {
    question: 'the value of each order after its discounts',
    ask: () => {
      const value = OrderDetail.c.unitPrice
        .mul(OrderDetail.c.quantity)
        .mul(db.literal(1).sub(OrderDetail.c.discount))
      return rows(
        db
          .select(OrderDetail.c.orderId, func.sum(value).label('value'))
          .groupBy(OrderDetail.c.orderId)
          .orderBy(OrderDetail.c.orderId)
          .limit(40),
      )
    },
    sql: 'SELECT order_id, sum(unit_price * quantity * (1 - discount)) AS value FROM order_details GROUP BY order_id ORDER BY order_id LIMIT 40',
  },
  {
    question: 'orders without a line',
    ask: async () =>
      (await Order.query.filter(Order.c.details.any().not()).orderBy(Order.c.id).all()).map(
        ({ id }) => id,
      ),
    sql: 'SELECT o.order_id FROM orders o LEFT JOIN order_details d ON d.order_id = o.order_id WHERE d.order_id IS NULL ORDER BY o.order_id',
  },
  {
    question: 'customers that have never ordered',
    ask: () => {
      const ordering = db.select(Order.c.customerId).where(Order.c.customerId.isNotNull())
      return rows(db.select(Company.c.id).where(Company.c.id.notIn(ordering)).orderBy(Company.c.id))
    },
    sql: 'SELECT customer_id FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL) ORDER BY customer_id',
  },
  {
    question: 'the revenue of each category, the biggest first',
    ask: () => {
      const revenue = func.sum(OrderDetail.c.unitPrice.mul(OrderDetail.c.quantity))
      return rows(
        db
          .select(Category.c.name, revenue.label('revenue'))
          .join(Category.c.products)
          .join(Product.c.details)
          .groupBy(Category.c.id, Category.c.name)
          .orderBy(revenue.desc()),
      )
    },
    sql: 'SELECT c.category_name, sum(d.unit_price * d.quantity) AS revenue FROM categories c JOIN products p ON p.category_id = c.category_id JOIN order_details d ON d.product_id = p.product_id GROUP BY c.category_id, c.category_name ORDER BY revenue DESC',
  },
  {
    question: 'suppliers and their dearest product',
    ask: () =>
      rows(
        db
          .select(Supplier.c.id, func.max(Product.c.unitPrice))
          .outerjoin(Supplier.c.products)
          .groupBy(Supplier.c.id)
          .orderBy(Supplier.c.id),
      ),
    sql: 'SELECT s.supplier_id, max(p.unit_price) AS dearest FROM suppliers s LEFT JOIN products p ON p.supplier_id = s.supplier_id GROUP BY s.supplier_id ORDER BY s.supplier_id',
  },
  {
    question: 'products dearer than the average of their category',
    ask: () => {
      const Other = db.aliased(Product)
      const average = db
        .select(func.avg(Other.c.unitPrice))
        .where(Other.c.categoryId.eq(Product.c.categoryId))
        .scalarSubquery()
      return rows(
        db.select(Product.c.id).where(Product.c.unitPrice.gt(average)).orderBy(Product.c.id),
      )
    },
    sql: 'SELECT p.product_id FROM products p WHERE p.unit_price > (SELECT avg(o.unit_price) FROM products o WHERE o.category_id = p.category_id) ORDER BY p.product_id',
  },
  {
    question: 'how many orders each year and shipper had',
    ask: () => {
      const year = db.extract('year', Order.c.orderDate)
      return rows(
        db
          .select(year.label('year'), Shipper.c.companyName, func.count())
          .joinFrom(Order, Order.c.shipper)
          .groupBy(year, Shipper.c.id, Shipper.c.companyName)
          .orderBy(year, Shipper.c.id),
      )
    },
    sql: 'SELECT year(o.order_date) AS y, s.company_name, count(*) AS n FROM orders o JOIN shippers s ON s.shipper_id = o.ship_via GROUP BY year(o.order_date), s.shipper_id, s.company_name ORDER BY y, s.shipper_id',
  },
  {
    question: 'orders of one customer that were sent on the day itself',
    ask: () =>
      rows(
        db
          .select(Order.c.id)
          .join(Order.c.customer)
          .where(Company.c.companyName.eq('Company 3'), Order.c.shippedDate.eq(Order.c.orderDate))
          .orderBy(Order.c.id),
      ),
    sql: `SELECT o.order_id FROM orders o JOIN customers c ON c.customer_id = o.customer_id WHERE c.company_name = 'Company 3' AND o.shipped_date = o.order_date ORDER BY o.order_id`,
  },
  {
    question: 'regions with the number of their territories and of the people who look after them',
    ask: () =>
      rows(
        db
          .select(
            Region.c.description,
            func.count(Territory.c.id.distinct()),
            func.count(columnOf(employeeTerritories, 'employee_id').distinct()),
          )
          .outerjoin(Region.c.territories)
          .outerjoin(
            employeeTerritories,
            columnOf(employeeTerritories, 'territory_id').eq(Territory.c.id),
          )
          .groupBy(Region.c.id, Region.c.description)
          .orderBy(Region.c.id),
      ),
    sql: 'SELECT r.region_description, count(DISTINCT t.territory_id) AS a, count(DISTINCT e.employee_id) AS b FROM region r LEFT JOIN territories t ON t.region_id = r.region_id LEFT JOIN employee_territories e ON e.territory_id = t.territory_id GROUP BY r.region_id, r.region_description ORDER BY r.region_id',
  },
  {
    question: 'people who look after a territory of the first region, through the relationships',
    ask: () =>
      rows(
        db
          .select(Staff.c.id)
          .where(Staff.c.territories.any(Territory.c.region.has(Region.c.id.eq(1))))
          .orderBy(Staff.c.id),
      ),
    sql: 'SELECT e.employee_id FROM employees e WHERE EXISTS (SELECT 1 FROM employee_territories et JOIN territories t ON t.territory_id = et.territory_id JOIN region r ON r.region_id = t.region_id WHERE et.employee_id = e.employee_id AND r.region_id = 1) ORDER BY e.employee_id',
  },
  {
    question: 'the running freight of one employee',
    ask: () =>
      rows(
        db
          .select(
            Order.c.id,
            func.sum(Order.c.freight).over({ orderBy: Order.c.id }).label('running'),
          )
          .where(Order.c.employeeId.eq(4))
          .orderBy(Order.c.id)
          .limit(50),
      ),
    sql: 'SELECT order_id, sum(freight) OVER (ORDER BY order_id) AS running FROM orders WHERE employee_id = 4 ORDER BY order_id LIMIT 50',
  },
  {
    question: 'a line by its composite key, with its order and product',
    ask: async () => {
      const first = await OrderDetail.query
        .orderBy(OrderDetail.c.orderId, OrderDetail.c.productId)
        .first()
      const again = await db.session.get(OrderDetail, [first?.orderId, first?.productId])
      const [order, product] = [await again?.order, await again?.product]
      return [[again === first, order?.freight, product?.name]]
    },
    sql: 'SELECT 1 AS same, o.freight, p.product_name FROM order_details d JOIN orders o ON o.order_id = d.order_id JOIN products p ON p.product_id = d.product_id ORDER BY d.order_id, d.product_id LIMIT 1',
  },
  {
    question: 'pairs of customers in the same city',
    ask: () => {
      const Other = db.aliased(Company)
      return rows(
        db
          .select(Company.c.id, Other.c.id)
          .join(Other, db.and(Company.c.city.eq(Other.c.city), Company.c.id.lt(Other.c.id)))
          .orderBy(Company.c.id, Other.c.id),
      )
    },
    sql: 'SELECT a.customer_id AS a, b.customer_id AS b FROM customers a JOIN customers b ON a.city = b.city AND a.customer_id < b.customer_id ORDER BY a.customer_id, b.customer_id',
  },
  {
    question: 'categories with a text about them, the text in capitals',
    ask: () =>
      rows(
        db
          .select(Category.c.id, func.upper(Category.c.description))
          .where(Category.c.description.like("%it's%"))
          .orderBy(Category.c.id.desc()),
      ),
    sql: `SELECT category_id, upper(description) AS text FROM categories WHERE description LIKE '%it''s%' ORDER BY category_id DESC`,
  },
  {
    question: 'the countries where there are suppliers but no customers, and the reverse',
    ask: async () => {
      const suppliers = db
        .select(Supplier.c.country.label('country'))
        .where(Supplier.c.country.isNotNull())
      const customers = db
        .select(Company.c.country.label('country'))
        .where(Company.c.country.isNotNull())
      const both = await rows(db.intersect(suppliers, customers).orderBy('country'))
      const only = await rows(db.except(suppliers, customers).orderBy('country'))
      return [[both.length + only.length, only.length]]
    },
    sql: 'SELECT count(DISTINCT s.country) AS everywhere, count(DISTINCT CASE WHEN c.country IS NULL THEN s.country END) AS lonely FROM suppliers s LEFT JOIN customers c ON c.country = s.country WHERE s.country IS NOT NULL',
  },
  {
    question: 'the three biggest orders of each of three customers',
    ask: () => {
      const few = db.select(Company.c.id).orderBy(Company.c.id).limit(3).subquery('few')
      const ranked = db
        .select(
          Order.c.customerId,
          Order.c.id.label('number'),
          func
            .rank()
            .over({
              partitionBy: Order.c.customerId,
              orderBy: [Order.c.freight.desc(), Order.c.id],
            })
            .label('place'),
        )
        .where(Order.c.customerId.in(db.select(few.c.id)))
        .cte('ranked')
      return rows(
        db
          .select(ranked.c.customerId, ranked.c.number, ranked.c.place)
          .where(ranked.c.place.le(3))
          .orderBy(ranked.c.customerId, ranked.c.place),
      )
    },
    sql: 'WITH few AS (SELECT customer_id FROM customers ORDER BY customer_id LIMIT 3), ranked AS (SELECT customer_id, order_id, rank() OVER (PARTITION BY customer_id ORDER BY freight DESC, order_id) AS place FROM orders WHERE customer_id IN (SELECT customer_id FROM few)) SELECT customer_id, order_id, place FROM ranked WHERE place <= 3 ORDER BY customer_id, place',
  },
  {
    question: 'everybody at the trader with the boss of the boss',
    ask: () => {
      const Boss = db.aliased(Staff)
      const Top = db.aliased(Staff)
      return rows(
        db
          .select(Staff.c.lastName, Top.c.lastName)
          .outerjoin(Boss, Staff.c.reportsTo.eq(Boss.c.id))
          .outerjoin(Top, Boss.c.reportsTo.eq(Top.c.id))
          .orderBy(Staff.c.id),
      )
    },
    sql: 'SELECT a.last_name AS a, c.last_name AS c FROM employees a LEFT JOIN employees b ON a.reports_to = b.employee_id LEFT JOIN employees c ON b.reports_to = c.employee_id ORDER BY a.employee_id',
  },
  {
    question: 'orders with customer, lines and products, loaded with them',
    ask: async () => {
      const orders = await Order.query
        .options(
          db.joinedload(Order.c.customer),
          db.selectinload(Order.c.details).joinedload(OrderDetail.c.product),
        )
        .orderBy(Order.c.id)
        .limit(25)
        .all()
      return Promise.all(
        orders.map(async (order) => {
          const details = await order.details
          const products = await Promise.all(details.map((one) => one.product))
          return [
            order.id,
            (await order.customer)?.companyName ?? null,
            details.reduce((sum, one) => sum + one.quantity, 0),
            products.reduce((sum, product) => sum + (product?.unitPrice ?? 0), 0),
          ]
        }),
      )
    },
    sql: 'SELECT o.order_id, c.company_name, coalesce(sum(d.quantity), 0) AS pieces, coalesce(sum(p.unit_price), 0) AS prices FROM orders o LEFT JOIN customers c ON c.customer_id = o.customer_id LEFT JOIN order_details d ON d.order_id = o.order_id LEFT JOIN products p ON p.product_id = d.product_id GROUP BY o.order_id, c.company_name ORDER BY o.order_id LIMIT 25',
  },
]

describe('a trader of food', () => {
  askQuestions(db, northwindRows(), QUESTIONS)
})
