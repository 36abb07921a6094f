import { BustAPI, jsonify, request } from 'bustapi'
import { type Lazy, type RelatedList, SQLAlchemy } from 'bustapi/sqlalchemy'
import { configure, counting, errorsAsJson, json, Refused } from './common.ts'

/** `organisation.py`, line by line. */
export function createOrganisation(uri: string): {
  readonly app: BustAPI
  readonly db: SQLAlchemy
} {
  const db = new SQLAlchemy()

  class Timestamped extends db.Model {
    static abstract = true
    created = db.Column(db.Integer, { nullable: false, default: () => 1000 })
    touched = db.Column(db.Integer, { nullable: false, default: 0, onupdate: () => 2000 })
  }

  class Unit extends db.Model<Unit, typeof Timestamped>(Timestamped) {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(40), { nullable: false })
    parentId = db.Column('parent_id', db.Integer, db.ForeignKey('unit.id'))
    position = db.Column(db.Integer, { nullable: false, default: 0 })
    children = db.relationship(() => Unit, {
      cascade: 'all, delete-orphan',
      singleParent: true,
      orderBy: 'Unit.position',
      backref: db.backref('parent', { remoteSide: 'id' }),
    })
    declare parent: Lazy<Unit | null>
    declare people: RelatedList<Person>
  }

  class Person extends db.Model<Person, typeof Timestamped>(Timestamped) {
    static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'person' }
    id = db.Column(db.Integer, { primaryKey: true })
    kind = db.Column(db.String(20), { nullable: false })
    name = db.Column(db.String(40), { nullable: false, unique: true })
    unitId = db.Column('unit_id', db.Integer, db.ForeignKey('unit.id'))
    bossId = db.Column('boss_id', db.Integer, db.ForeignKey('person.id'))
    unit = db.relationship(() => Unit, {
      backref: db.backref('people', { orderBy: 'Person.name', lazy: 'select' }),
      uselist: false,
    })
    reports = db.relationship(() => Person, {
      backref: db.backref('boss', { remoteSide: 'id' }),
      orderBy: 'Person.name',
    })
    declare boss: Lazy<Person | null>

    describe() {
      return `${this.name} (${this.kind})`
    }
  }

  class Engineer extends db.Model<Engineer, typeof Person>(Person) {
    static mapperArgs = { polymorphicIdentity: 'engineer' }
    language = db.Column(db.String(20))
    declare memberships: RelatedList<Member>

    override describe() {
      return `${this.name} writes ${this.language}`
    }
  }

  class Manager extends db.Model<Manager, typeof Person>(Person) {
    static mapperArgs = { polymorphicIdentity: 'manager' }
    budget = db.Column(db.Integer)
    declare led: RelatedList<Project>
  }

  class Director extends db.Model<Director, typeof Manager>(Manager) {
    static mapperArgs = { polymorphicIdentity: 'director' }
  }

  class Project extends db.Model<Project>() {
    id = db.Column(db.Integer, { primaryKey: true })
    title = db.Column(db.String(40), { nullable: false, unique: true })
    leadId = db.Column('lead_id', db.Integer, db.ForeignKey('person.id'))
    lead = db.relationship(() => Manager, { backref: 'led', uselist: false })
    plan = db.relationship(() => Plan, {
      uselist: false,
      backPopulates: 'project',
      cascade: 'all, delete-orphan',
    })
    members = db.relationship(() => Member, {
      backPopulates: 'project',
      cascade: 'all, delete-orphan',
    })
  }

  class Plan extends db.Model<Plan>() {
    id = db.Column(db.Integer, { primaryKey: true })
    text = db.Column(db.Text, { nullable: false })
    projectId = db.Column('project_id', db.Integer, db.ForeignKey('project.id'), {
      nullable: false,
      unique: true,
    })
    project = db.relationship(() => Project, { backPopulates: 'plan', uselist: false })
  }

  class Member extends db.Model<Member>() {
    projectId = db.Column('project_id', db.Integer, db.ForeignKey('project.id'), {
      primaryKey: true,
    })
    personId = db.Column('person_id', db.Integer, db.ForeignKey('person.id'), { primaryKey: true })
    role = db.Column(db.String(20), { nullable: false, default: 'member' })
    project = db.relationship(() => Project, { backPopulates: 'members', uselist: false })
    person = db.relationship(() => Engineer, {
      backref: db.backref('memberships', { cascade: 'all, delete-orphan' }),
      uselist: false,
    })
  }

  const KINDS = new Map<string, typeof Person>([
    ['person', Person],
    ['engineer', Engineer as unknown as typeof Person],
    ['manager', Manager as unknown as typeof Person],
    ['director', Director as unknown as typeof Person],
  ])
  const kindOf = (name: string) => {
    const kind = KINDS.get(name)
    if (kind === undefined) throw new KeyError()
    return kind
  }
  const log: string[] = []
  db.event.listen(
    Person,
    'beforeInsert',
    (mapper, _connection, target: Person) => {
      log.push(`${mapper.modelClass.name} ${target.name}`)
    },
    { propagate: true },
  )
  db.event.listen(db.session, 'afterRollback', () => {
    log.push('rollback')
  })
  db.validates(Unit, 'children', function (this: Unit, _key, child: Unit) {
    for (let above: Unit | null = this; above; above = above.parent as Unit | null) {
      if (above === child) throw new Refused('a circle')
    }
    return child
  })

  const tree = async (unit: Unit): Promise<object> => {
    const children = []
    for (const child of await unit.children) children.push(await tree(child))
    return { name: unit.name, children }
  }
  const called = <T extends { name: string }>(model: new () => T, name: string): Promise<T> =>
    db.oneOr404(db.select(model).filterBy({ name } as never), {
      description: `no ${model.name} ${name}`,
    })

  const app = new BustAPI('organisation')
  configure(app, uri)
  db.initApp(app)
  errorsAsJson(app, db)

  app.post('/units', async () => {
    interface Given {
      readonly name: string
      readonly children?: readonly Given[]
    }
    const make = ({ name, children = [] }: Given, position = 0): Unit =>
      new Unit({ name, position, children: children.map(make) })
    db.session.add(make(await json()))
    await db.session.commit()
    return [
      {
        units: await Unit.query.count(),
        created: await db.session.scalar(db.select(db.func.max(Unit.c.created))),
      },
      201,
    ]
  })

  app.get('/tree/<name>', async ({ name }) => tree(await called(Unit, name)))

  app.get('/path/<name>', async ({ name }) => {
    let up = db
      .select(Unit.c.id, Unit.c.parentId, Unit.c.name, db.literal(0).label('level'))
      .where(Unit.c.name.eq(name))
      .cte({ name: 'up', recursive: true })
    up = up.unionAll(
      db
        .select(Unit.c.id, Unit.c.parentId, Unit.c.name, up.c.level.add(1))
        .join(up, Unit.c.id.eq(up.c.parentId)),
    )
    return jsonify(
      await db.session.execute(db.select(up.c.name).orderBy(up.c.level.desc())).scalars().all(),
    )
  })

  app.post('/move', async () => {
    const data = await json()
    const [unit, target] = [await called(Unit, data.unit), await called(Unit, data.to)]
    unit.position = (await target.children).length
    // The validator goes up the tree without waiting, so it is loaded before.
    for (let above: Unit | null = target; above; above = await above.parent);
    target.children.append(unit)
    await db.session.commit()
    await db.session.refresh(unit)
    const parent = (await unit.parent)?.name
    return { ...(await tree(target)), parent, touched: unit.touched }
  })

  app.delete('/units/<name>', async ({ name }) => {
    const unit = await called(Unit, name)
    if (request.args.has('orphan')) (await unit.parent)?.children.remove(unit)
    else await db.session.delete(unit)
    await db.session.commit()
    const homeless = await Person.query
      .filter(Person.c.unitId.is(null))
      .orderBy(Person.c.name)
      .all()
    return { units: await Unit.query.count(), homeless: homeless.map((person) => person.name) }
  })

  app.post('/people', async () => {
    log.length = 0
    for (const { kind, unit, boss, ...data } of await json()) {
      const person = new (kindOf(kind))(data)
      if (unit) (await called(Unit, unit)).people.append(person)
      if (boss) person.boss = await called(Person, boss)
      db.session.add(person)
    }
    await db.session.commit()
    return [{ people: await Person.query.count(), log }, 201]
  })

  app.get('/people', async () => {
    const kind = kindOf(request.args.get('kind', 'person'))
    const people = await kind.query.orderBy(kind.c.name).all()
    return jsonify(people.map((person) => [person.constructor.name, person.describe()]))
  })

  app.get('/count', async () => {
    const result: Record<string, unknown> = {}
    for (const [name, kind] of KINDS) {
      result[name] = [
        await kind.query.count(),
        await db.session.scalar(db.select(db.func.count()).selectFrom(kind)),
        await db.session.query(kind.c.id).count(),
        (await db.session.execute(db.select(kind.c.name)).all()).length,
      ]
    }
    result.budget = await db.session.scalar(db.select(db.func.sum(Manager.c.budget)))
    result.exists = await db.session.scalar(
      db.select(db.exists().where(Engineer.c.language.eq('ada'))),
    )
    return result
  })

  app.get('/people/<int:id>', async ({ id }) => {
    const person = await db.session.get(kindOf(request.args.get('kind', 'person')), id)
    return { found: person?.describe() ?? null }
  })

  app.patch('/people/<name>', async ({ name }) => {
    const person = await called(Person, name)
    const data = await json()
    if ('boss' in data) person.boss = data.boss ? await called(Manager, data.boss) : null
    for (const key of ['language', 'budget', 'name']) {
      if (!(key in data)) continue
      if (!(key in person)) throw new Refused(`${person.constructor.name} has no ${key}`)
      Object.assign(person, { [key]: data[key] })
    }
    await db.session.commit()
    await db.session.refresh(person)
    const boss = await person.boss
    return {
      person: person.describe(),
      boss: boss?.describe() ?? null,
      colleagues: boss ? (await boss.reports).map((each) => each.name) : [],
      touched: person.touched,
    }
  })

  app.delete('/people/<name>', async ({ name }) => {
    log.length = 0
    await db.session.delete(await called(Person, name))
    await db.session.commit()
    const rows = await db.session
      .execute(db.select(Person.c.name, Person.c.bossId.is(null)).orderBy(Person.c.name))
      .all()
    return {
      left: rows.map(([name, free]) => [name, Boolean(free)]),
      members: await Member.query.count(),
      log,
    }
  })

  app.get('/bosses', async () => {
    const boss = db.aliased(Manager, { name: 'boss' })
    const inner = await db.session
      .execute(
        db
          .select(Person.c.name, boss.c.name, boss.c.budget)
          .join(boss, Person.c.bossId.eq(boss.c.id))
          .orderBy(Person.c.name),
      )
      .all()
    const outer = await db.session
      .query(Person.c.name, boss.c.name)
      .outerjoin(Person.c.boss.ofType(boss))
      .orderBy(Person.c.name)
      .all()
    return { inner: inner.map((row) => [...row]), outer: outer.map((row) => [...row]) }
  })

  app.get('/teams', async () => {
    const number = db.func.count(Person.c.id)
    const rows = await db.session
      .query(Unit.c.name, Person.c.kind, number, db.func.max(Person.c.name))
      .join(Unit.c.people)
      .groupBy(Unit.c.name, Person.c.kind)
      .having(number.gt(request.args.get('over', 0, Number)))
      .orderBy(Unit.c.name, Person.c.kind)
      .all()
    const engineers = await Unit.query
      .filter(Unit.c.people.ofType(Engineer).any(Engineer.c.language.eq('python')))
      .orderBy(Unit.c.name)
      .all()
    const bossless = await Person.query
      .filter(db.not(Person.c.boss.has()), Person.c.unit.has({ name: 'root' }))
      .orderBy(Person.c.name)
      .all()
    return {
      rows: rows.map((row) => [...row]),
      python: engineers.map((unit) => unit.name),
      bossless: bossless.map((person) => person.name),
    }
  })

  app.post('/projects', async () => {
    const data = await json()
    const project = new Project({ title: data.title })
    if ('lead' in data) project.lead = (await called(Person, data.lead)) as Manager
    if ('plan' in data) project.plan = new Plan({ text: data.plan })
    db.session.add(project)
    for (const name of data.members ?? []) {
      project.members.append(new Member({ person: await called(Engineer, name) }))
    }
    try {
      await db.session.commit()
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      await db.session.rollback()
      return [{ error: 'wrong kind' }, 400]
    }
    const names = []
    for (const member of await project.members) names.push((await member.person)?.name)
    return [{ title: project.title, members: names.sort() }, 201]
  })

  app.patch('/projects/<title>', async ({ title }) => {
    const project = await Project.query.filterBy({ title }).firstOr404()
    const data = await json()
    await project.plan
    if ('plan' in data) project.plan = data.plan ? new Plan({ text: data.plan }) : null
    for (const member of await project.members) {
      if ('drop' in data && (await member.person)?.name === data.drop) {
        project.members.remove(member)
      }
    }
    if ('role' in data) for (const member of project.members) member.role = data.role
    await db.session.commit()
    const members = []
    for (const member of await project.members) {
      members.push([(await member.person)?.name, member.role])
    }
    return {
      plans: (await Plan.query.all()).map((plan) => plan.text),
      members: members.sort(),
      orphans: await Member.query.count(),
    }
  })

  app.get('/projects', async () => {
    const [projects, statements] = await counting(db, async () => {
      const projects = await Project.query
        .options(
          db.joinedload(Project.c.lead),
          db.joinedload(Project.c.plan),
          db.selectinload(Project.c.members).joinedload(Member.c.person),
        )
        .orderBy(Project.c.title)
        .all()
      return projects.map((project) => {
        const lead = project.lead as Manager | null
        const plan = project.plan as Plan | null
        const members = project.members.map((member) => (member.person as Engineer).describe())
        return [project.title, lead?.describe() ?? null, plan?.text ?? null, members.sort()]
      })
    })
    return { projects, statements }
  })

  app.delete('/projects/<title>', async ({ title }) => {
    await db.session.delete(await Project.query.filterBy({ title }).firstOr404())
    await db.session.commit()
    return { plans: await Plan.query.count(), members: await Member.query.count() }
  })

  app.post('/raise', async () => {
    const known = await Manager.query.orderBy(Manager.c.id).all()
    const count = await Manager.query
      .filter(Manager.c.budget.lt((await json()).below))
      .update({ budget: Manager.c.budget.mul(2) })
    const now = known.map((manager) => manager.budget)
    const deleted = await Director.query.filterBy({ name: 'nobody' }).delete()
    await db.session.rollback()
    return { count, now, deleted, after: known.map((manager) => manager.budget) }
  })

  app.post('/swap', async () => {
    const data = await json()
    const [one, other] = [await called(Person, data.a), await called(Person, data.b)]
    const units = [await one.unit, await other.unit] as const
    ;[one.unit, other.unit] = [units[1], units[0]]
    const people = async () => ((await (await other.unit)?.people) ?? []).map(({ name }) => name)
    const inUnit = await people()
    await db.session.flush()
    const state = db.inspect(one)
    const flags = [state.persistent, state.transient, state.modified]
    await db.session.commit()
    return {
      units: [(await one.unit)?.name ?? null, (await other.unit)?.name ?? null],
      'in unit': inUnit.sort(),
      after: await people(),
      flags,
    }
  })

  app.errorhandler(KeyError, async () => {
    await db.session.rollback()
    return [{ error: 'KeyError' }, 400]
  })

  return { app, db }
}

class KeyError extends Error {}
