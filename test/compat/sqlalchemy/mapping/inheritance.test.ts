import { describe, expect, it } from 'vitest'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { type MappingDb, mappingDb } from './mapping-db.ts'

function staff(db: MappingDb) {
  class Employee extends db.Model<Employee>() {
    static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'employee' }
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
    kind = db.Column(db.String(20))
    chiefId = db.Column(db.Integer, db.ForeignKey('employee.id'))
    chief = db.relationship(() => Employee, { remoteSide: 'id', uselist: false })
  }
  class Manager extends db.Model<Manager, typeof Employee>(Employee) {
    static mapperArgs = { polymorphicIdentity: 'manager' }
    budget = db.Column(db.Integer)
  }
  class Engineer extends db.Model<Engineer, typeof Employee>(Employee) {
    static mapperArgs = { polymorphicIdentity: 'engineer' }
    language = db.Column(db.String(20))
  }
  class Lead extends db.Model<Lead, typeof Engineer>(Engineer) {
    static mapperArgs = { polymorphicIdentity: 'lead' }
  }
  return { Employee, Manager, Engineer, Lead }
}

describe('single-table inheritance', () => {
  it('shares the table of the base', () => {
    const { Employee, Manager, Engineer } = staff(mappingDb())
    expect(Manager.table).toBe(Employee.table)
    mapperOf(Engineer)
    expect(Employee.table.columns.map((column) => column.name).sort()).toEqual([
      'budget',
      'chiefId',
      'id',
      'kind',
      'language',
      'name',
    ])
    const keys = (model: never): string[] => mapperOf(model).columns.map(({ key }) => key)
    expect(keys(Employee as never)).toEqual(['id', 'name', 'kind', 'chiefId'])
    expect(keys(Manager as never)).toEqual(['id', 'name', 'kind', 'chiefId', 'budget'])
    expect(mapperOf(Manager).inherits).toBe(mapperOf(Employee))
    expect(mapperOf(Manager).base).toBe(mapperOf(Employee))
  })

  it('gives new objects the discriminator of their class', () => {
    const { Employee, Manager, Lead } = staff(mappingDb())
    expect([new Employee().kind, new Manager({ budget: 3 }).kind, new Lead().kind]).toEqual([
      'employee',
      'manager',
      'lead',
    ])
    expect(new Manager({ kind: 'other' }).kind).toBe('other')
  })

  it('selects the rows of a class and of those below', () => {
    const { Employee, Manager, Engineer, Lead } = staff(mappingDb())
    for (const model of [Manager, Lead, Engineer] as never[]) mapperOf(model)
    expect(mapperOf(Employee).criteria).toBe(null)
    const values = (model: never): unknown[] =>
      (mapperOf(model).criteria?.children ?? [])
        .slice(1)
        .flatMap((child) => (child.children.length ? child.children : [child]))
        .map((child) => (child as { value?: unknown }).value)
    expect(values(Manager as never)).toEqual(['manager'])
    expect(values(Engineer as never)).toEqual(['engineer', 'lead'])
  })

  it('finds the class of a discriminator, even one nobody touched', () => {
    const { Employee, Manager, Lead } = staff(mappingDb())
    const mapper = mapperOf(Employee)
    expect(mapper.byIdentity('manager')).toBe(mapperOf(Manager))
    expect(mapper.byIdentity('lead').modelClass).toBe(Lead)
    expect(mapper.byIdentity(null)).toBe(mapper)
    expect(() => mapper.byIdentity('cook')).toThrow(
      "No such polymorphic_identity 'cook' is defined",
    )
  })

  it('passes relationships, validators and identity keys on', () => {
    const { Employee, Manager } = staff(mappingDb())
    const chief = new Manager()
    const employee = new Manager({ chief })
    expect(employee.chief).toBe(chief)
    expect(mapperOf(Manager).identityKey([1])).toBe(mapperOf(Employee).identityKey([1]))
    expect(String(mapperOf(Manager).relationships.get('chief'))).toBe('Employee.chief')
    expect(employee).toBeInstanceOf(Employee)
    expect(Object.keys(Manager.c)).toContain('budget')
  })

  it('refuses a column of another class in the same table', () => {
    const db = mappingDb()
    const { Employee, Manager } = staff(db)
    mapperOf(Manager)
    class Director extends Employee {
      budget = db.Column(db.Integer)
    }
    expect(() => mapperOf(Director)).toThrow(
      "Column 'budget' on class 'Director' conflicts with existing column 'employee.budget'",
    )
  })

  it('says that a key of its own is not for a subclass', () => {
    const db = mappingDb()
    const { Employee } = staff(db)
    class Director extends Employee {
      override id = db.Column(db.Integer, db.ForeignKey('employee.id'), { primaryKey: true })
    }
    expect(() => mapperOf(Director)).toThrow(/joined-table inheritance is not supported/)
  })
})

describe('mapperArgs', () => {
  it('names the version column', () => {
    const db = mappingDb()
    class Note extends db.Model {
      static mapperArgs = { versionIdCol: 'version', eagerDefaults: true }
      id = db.Column(db.Integer, { primaryKey: true })
      version = db.Column('version_id', db.Integer, { nullable: false })
    }
    const mapper = mapperOf(Note)
    expect([mapper.versionIdCol?.key, mapper.versionIdGenerator, mapper.eagerDefaults]).toEqual([
      'version',
      null,
      true,
    ])
  })

  it('may be a function, and leave columns out', () => {
    const db = mappingDb()
    class Note extends db.Model {
      static mapperArgs(): object {
        return { excludeProperties: ['secret'] }
      }
      id = db.Column(db.Integer, { primaryKey: true })
      secret = db.Column(db.String(9))
    }
    expect(mapperOf(Note).columns.map(({ key }) => key)).toEqual(['id'])
    expect(Note.table.columns.length).toBe(2)
  })

  it('names no column that is not there', () => {
    const db = mappingDb()
    class Note extends db.Model {
      static mapperArgs = { versionIdCol: 'revision' }
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(() => mapperOf(Note)).toThrow(
      "Can't determine the column 'revision' named in mapperArgs of class 'Note'",
    )
  })
})
