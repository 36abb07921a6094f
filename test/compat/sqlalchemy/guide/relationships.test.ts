import { make, program, sameOnAll } from './guide.ts'

sameOnAll('relationships are as in Flask-SQLAlchemy:', [
  program(
    'relationships of many kinds are written and read',
    `
app, db = make()
tags = db.Table("tags", db.Column("tag_id", db.ForeignKey("tag.id"), primary_key=True), db.Column("page_id", db.ForeignKey("page.id"), primary_key=True))
class Person(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20), nullable=False)
    addresses = db.relationship("Address", backref="person", lazy=True, cascade="all, delete-orphan")
class Address(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(20))
    person_id = db.Column(db.Integer, db.ForeignKey("person.id"), nullable=False)
class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
class Page(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    tags = db.relationship("Tag", secondary=tags, lazy="subquery", backref=db.backref("pages", lazy=True))
    notes = db.dynamic_loader("Note", order_by="Note.id")
class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    page_id = db.Column(db.ForeignKey("page.id"))
with app.app_context():
    db.create_all()
    ada = Person(name="ada", addresses=[Address(email="a@x"), Address(email="b@x")])
    page = Page(tags=[Tag(), Tag()])
    db.session.add_all([ada, page])
    db.session.commit()
    say([a.email for a in ada.addresses], ada.addresses[0].person is ada, page.tags, page.tags[1].pages)
    ada.addresses.pop(0)
    page.tags.remove(page.tags[0])
    page.notes.append(Note()); page.notes.append(Note())
    db.session.commit()
    say(Address.query.count(), db.session.execute(db.select(tags)).all(), page.notes.count(), page.notes.filter_by(id=2).all())
    db.session.delete(ada)
    db.session.commit()
    say(Address.query.count())
`,
    async (say) => {
      const { app, db } = make()
      const tags = db.Table(
        'tags',
        db.Column('tag_id', db.ForeignKey('tag.id'), { primaryKey: true }),
        db.Column('page_id', db.ForeignKey('page.id'), { primaryKey: true }),
      )
      class Person extends db.Model<Person>() {
        id = db.Column(db.Integer, { primaryKey: true })
        name = db.Column(db.String(20), { nullable: false })
        addresses = db.relationship(() => Address, {
          backref: 'person',
          lazy: true,
          cascade: 'all, delete-orphan',
        })
      }
      class Address extends db.Model<Address>() {
        declare person: Person | Promise<Person>
        id = db.Column(db.Integer, { primaryKey: true })
        email = db.Column(db.String(20))
        person_id = db.Column(db.Integer, db.ForeignKey('person.id'), { nullable: false })
      }
      class Tag extends db.Model<Tag>() {
        declare pages: Promise<Page[]>
        id = db.Column(db.Integer, { primaryKey: true })
      }
      class Page extends db.Model<Page>() {
        id = db.Column(db.Integer, { primaryKey: true })
        tags = db.relationship(() => Tag, {
          secondary: tags,
          lazy: 'subquery',
          backref: db.backref('pages', { lazy: true }),
        })
        notes = db.dynamicLoader(() => Note, { orderBy: 'Note.id' })
      }
      class Note extends db.Model<Note>() {
        id = db.Column(db.Integer, { primaryKey: true })
        page_id = db.Column<number>(db.ForeignKey('page.id'))
      }
      await app.appContext().run(async () => {
        await db.createAll()
        const addresses = ['a@x', 'b@x'].map((email) => new Address({ email }))
        const ada = new Person({ name: 'ada', addresses })
        const page = new Page({ tags: [new Tag(), new Tag()] })
        db.session.addAll([ada, page])
        await db.session.commit()
        const loaded = await ada.addresses
        say(
          loaded.map(({ email }) => email),
          (await loaded[0]?.person) === ada,
        )
        const both = await page.tags
        say(both, await both[1]?.pages)
        ada.addresses.remove(loaded[0] as Address)
        page.tags.remove(both[0] as Tag)
        page.notes.append(new Note())
        page.notes.append(new Note())
        await db.session.commit()
        const links = await db.session.execute(db.select(tags)).all()
        say(
          await Address.query.count(),
          links.map((row) => [...(row as Iterable<unknown>)]),
        )
        say(await page.notes.count(), await page.notes.filterBy({ id: 2 }).all())
        db.session.delete(ada)
        await db.session.commit()
        say(await Address.query.count())
      })
    },
  ),
])
