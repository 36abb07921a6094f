import { SQLAlchemy } from 'bustapi/sqlalchemy'
import type { Rows } from './fill.ts'
import { RandomValues } from './random-values.ts'

/** A trader of food: the tables and keys of the Northwind database, with rows of our own. */
export const db = new SQLAlchemy()

export class Category extends db.Model<Category>() {
  static tablename = 'categories'
  id = db.Column('category_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  name = db.Column('category_name', db.String(15), { nullable: false })
  description = db.Column(db.Text)
  picture = db.Column(db.LargeBinary)
  products = db.relationship(() => Product, { backPopulates: 'category' })
}

export class Supplier extends db.Model<Supplier>() {
  static tablename = 'suppliers'
  id = db.Column('supplier_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  companyName = db.Column('company_name', db.String(40), { nullable: false })
  country = db.Column(db.String(15))
  products = db.relationship(() => Product, { backPopulates: 'supplier' })
}

export class Product extends db.Model<Product>() {
  static tablename = 'products'
  id = db.Column('product_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  name = db.Column('product_name', db.String(40), { nullable: false })
  supplierId = db.Column('supplier_id', db.SmallInteger, db.ForeignKey('suppliers.supplier_id'))
  categoryId = db.Column('category_id', db.SmallInteger, db.ForeignKey('categories.category_id'))
  unitPrice = db.Column('unit_price', db.Float)
  unitsInStock = db.Column('units_in_stock', db.SmallInteger)
  discontinued = db.Column(db.Boolean, { nullable: false })
  supplier = db.relationship(() => Supplier, { backPopulates: 'products', uselist: false })
  category = db.relationship(() => Category, { backPopulates: 'products', uselist: false })
  details = db.relationship(() => OrderDetail, { backPopulates: 'product' })
}

export class Company extends db.Model<Company>() {
  static tablename = 'customers'
  // Northwind's customers have keys of five letters.
  id = db.Column('customer_id', db.String(5), { primaryKey: true })
  companyName = db.Column('company_name', db.String(40), { nullable: false })
  city = db.Column(db.String(15))
  country = db.Column(db.String(15), { index: true })
  orders = db.relationship(() => Order, { backPopulates: 'customer' })
}

export const employeeTerritories = db.Table(
  'employee_territories',
  db.Column('employee_id', db.SmallInteger, db.ForeignKey('employees.employee_id'), {
    primaryKey: true,
  }),
  db.Column('territory_id', db.String(20), db.ForeignKey('territories.territory_id'), {
    primaryKey: true,
  }),
)

export class Region extends db.Model<Region>() {
  static tablename = 'region'
  id = db.Column('region_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  description = db.Column('region_description', db.String(60), { nullable: false })
  territories = db.relationship(() => Territory, { backPopulates: 'region' })
}

export class Territory extends db.Model<Territory>() {
  static tablename = 'territories'
  id = db.Column('territory_id', db.String(20), { primaryKey: true })
  description = db.Column('territory_description', db.String(60), { nullable: false })
  regionId = db.Column('region_id', db.SmallInteger, db.ForeignKey('region.region_id'), {
    nullable: false,
  })
  region = db.relationship(() => Region, { backPopulates: 'territories', uselist: false })
  employees = db.relationship(() => Staff, {
    secondary: employeeTerritories,
    backPopulates: 'territories',
  })
}

export class Staff extends db.Model<Staff>() {
  static tablename = 'employees'
  id = db.Column('employee_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  lastName = db.Column('last_name', db.String(20), { nullable: false })
  reportsTo = db.Column('reports_to', db.SmallInteger, db.ForeignKey('employees.employee_id'))
  territories = db.relationship(() => Territory, {
    secondary: employeeTerritories,
    backPopulates: 'employees',
  })
}

export class Shipper extends db.Model<Shipper>() {
  static tablename = 'shippers'
  id = db.Column('shipper_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  companyName = db.Column('company_name', db.String(40), { nullable: false })
}

export class Order extends db.Model<Order>() {
  static tablename = 'orders'
  id = db.Column('order_id', db.SmallInteger, { primaryKey: true, autoincrement: false })
  customerId = db.Column('customer_id', db.String(5), db.ForeignKey('customers.customer_id'))
  employeeId = db.Column('employee_id', db.SmallInteger, db.ForeignKey('employees.employee_id'))
  orderDate = db.Column('order_date', db.Date)
  requiredDate = db.Column('required_date', db.Date)
  shippedDate = db.Column('shipped_date', db.Date)
  shipVia = db.Column('ship_via', db.SmallInteger, db.ForeignKey('shippers.shipper_id'))
  freight = db.Column(db.Float)
  customer = db.relationship(() => Company, { backPopulates: 'orders', uselist: false })
  employee = db.relationship(() => Staff, { uselist: false })
  shipper = db.relationship(() => Shipper, { uselist: false })
  details = db.relationship(() => OrderDetail, {
    backPopulates: 'order',
    cascade: 'all, delete-orphan',
  })
}

export class OrderDetail extends db.Model<OrderDetail>() {
  static tablename = 'order_details'
  orderId = db.Column('order_id', db.SmallInteger, db.ForeignKey('orders.order_id'), {
    primaryKey: true,
  })
  productId = db.Column('product_id', db.SmallInteger, db.ForeignKey('products.product_id'), {
    primaryKey: true,
  })
  unitPrice = db.Column('unit_price', db.Float, { nullable: false })
  quantity = db.Column(db.SmallInteger, { nullable: false })
  discount = db.Column(db.Float, { nullable: false })
  order = db.relationship(() => Order, { backPopulates: 'details', uselist: false })
  product = db.relationship(() => Product, { backPopulates: 'details', uselist: false })
}

const COUNTRIES = ['Austria', 'Brazil', 'France', 'Italy', 'Mexico', 'Sweden', 'UK', null]

const key = (id: number): string =>
  [0, 1, 2, 3, 4].map((at) => String.fromCharCode(65 + ((id * 7 + at * (id % 11)) % 26))).join('')

/** About three and a half thousand rows, in an order that the foreign keys allow. */
export function northwindRows(): Rows {
  const random = new RandomValues(19940704)
  const numbers = (count: number) => Array.from({ length: count }, (_one, at) => at + 1)
  const customers = [...new Set(numbers(120).map(key))].slice(0, 80)
  const products = numbers(77).map((id) => ({
    product_id: id,
    product_name: `Product ${id}`,
    supplier_id: random.int(1, 27),
    category_id: random.chance(0.95) ? random.int(1, 7) : null,
    unit_price: random.int(2, 400) / 4,
    units_in_stock: random.int(0, 120),
    discontinued: random.pick(['0', '1']),
  }))
  const orders = numbers(830).map((id) => {
    const day = random.day(1996, 1998).slice(0, 10)
    return {
      order_id: id + 10_000,
      customer_id: random.pick(customers.slice(0, 75)),
      employee_id: random.int(1, 9),
      order_date: day,
      required_date: `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`,
      shipped_date: random.chance(0.9) ? day : null,
      ship_via: random.int(1, 3),
      freight: random.int(0, 2000) / 4,
    }
  })
  const details = orders.flatMap(({ order_id }) => {
    const chosen = new Set(numbers(random.int(0, 5)).map(() => random.int(1, 76)))
    return [...chosen].map((product_id) => ({
      order_id,
      product_id,
      unit_price: random.int(2, 400) / 4,
      quantity: random.int(1, 100),
      discount: random.pick([0, 0, 0.25, 0.5]),
    }))
  })
  const territories = numbers(53).map((id) => ({
    territory_id: String(id * 131).padStart(5, '0'),
    territory_description: `Territory ${id}`,
    region_id: random.int(1, 4),
  }))
  return [
    [
      'categories',
      numbers(8).map((id) => ({
        category_id: id,
        category_name: `Category ${id}`,
        description: id % 3 ? `About ${id}; it's good` : null,
      })),
    ],
    [
      'suppliers',
      numbers(29).map((id) => ({
        supplier_id: id,
        company_name: `Supplier ${id}`,
        country: random.pick(COUNTRIES),
      })),
    ],
    ['products', products],
    [
      'customers',
      customers.map((id, at) => ({
        customer_id: id,
        company_name: `Company ${at}`,
        city: `City ${random.int(1, 30)}`,
        country: random.pick(COUNTRIES),
      })),
    ],
    ['region', numbers(4).map((id) => ({ region_id: id, region_description: `Region ${id}` }))],
    ['territories', territories],
    [
      'employees',
      numbers(9).map((id) => ({
        employee_id: id,
        last_name: `Last ${id}`,
        reports_to: id === 1 ? null : Math.max(1, id - 4),
      })),
    ],
    [
      'employee_territories',
      territories
        .filter(() => random.chance(0.9))
        .map(({ territory_id }) => ({ employee_id: random.int(1, 9), territory_id })),
    ],
    ['shippers', numbers(3).map((id) => ({ shipper_id: id, company_name: `Shipper ${id}` }))],
    ['orders', orders],
    ['order_details', details],
  ]
}
