"""Runs programs over SQLAlchemy's session.

Reads one line with the schemas, then one program a line; writes one line with the transcript of each.
`interpreter.ts` is the same for BustAPI: an operation must mean the same in both.
"""
import json, re, sys, warnings
warnings.simplefilter("ignore")
from sqlalchemy import (Column, ForeignKey, ForeignKeyConstraint, Integer, String, Table, create_engine, delete,
    event, inspect, update)
from sqlalchemy.orm import Session, declarative_base, make_transient, relationship
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.state import InstanceState
from sqlalchemy.pool import StaticPool

TYPES = {"int": Integer, "str": String(20)}

class Schema:
    def __init__(self, spec):
        self.spec = spec
        self.base = declarative_base()
        self.classes = {}
        self.specs = {}
        self.roots = {}
        self.versions = {model["name"]: model["version"] for model in spec["models"] if "version" in model}
        self.numbered = {model["name"] for model in spec["models"] if "numbered" in model}
        for each in spec["secondaries"]:
            Table(each["name"], self.base.metadata, *[
                Column(c["name"], Integer, ForeignKey(c["fk"]), primary_key=True) for c in each["columns"]])
        for model in spec["models"]:
            self.make(model)
        self.base.registry.configure()
        self.engine = create_engine("sqlite://", poolclass=StaticPool, future=True,
            connect_args={"check_same_thread": False})
        self.statements = []
        event.listen(self.engine, "connect", self.connected)
        event.listen(self.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        event.listen(self.engine, "after_cursor_execute", self.executed)
        self.base.metadata.create_all(self.engine)
        self.tables = [table.name for table in self.base.metadata.sorted_tables]

    def connected(self, raw, _record):
        # pysqlite's own transactions know nothing of savepoints.
        raw.isolation_level = None
        raw.execute("PRAGMA foreign_keys = on")
        self.raw = raw

    def executed(self, _connection, _cursor, statement, *_rest):
        self.statements.append(statement)

    def make(self, model):
        name = model["name"]
        base = self.classes[model["inherits"]] if "inherits" in model else self.base
        self.roots[name] = self.roots[model["inherits"]] if "inherits" in model else name
        members = {}
        # SQLAlchemy 2's default, and ours: what the database computes is read back at once.
        args = {"eager_defaults": True}
        if "inherits" not in model:
            members["__tablename__"] = model["table"]
        if "foreignKey" in model:
            members["__table_args__"] = (
                ForeignKeyConstraint(model["foreignKey"]["columns"], model["foreignKey"]["targets"]),)
        for each in model["columns"]:
            members[each["key"]] = self.column(each)
        for each in model["relationships"]:
            members[each["key"]] = self.relationship(model, each)
        if "version" in model:
            args["version_id_col"] = members[model["version"]]
        if "polymorphicOn" in model:
            args["polymorphic_on"] = members[model["polymorphicOn"]]
        if "identity" in model:
            args["polymorphic_identity"] = model["identity"]
        members["__mapper_args__"] = args
        self.classes[name] = type(name, (base,), members)
        inherited = self.specs[model["inherits"]] if "inherits" in model else {"columns": [], "relationships": []}
        self.specs[name] = {
            "columns": inherited["columns"] + model["columns"],
            "relationships": inherited["relationships"] + model["relationships"]}

    def column(self, each):
        keys = [ForeignKey(each["fk"], ondelete=each.get("ondelete"))] if "fk" in each else []
        options = {"primary_key": each.get("pk", False), "unique": each.get("unique", False) or None}
        options["nullable"] = each.get("nullable", not each.get("pk", False))
        for ours, theirs in (("default", "default"), ("serverDefault", "server_default"), ("onupdate", "onupdate")):
            if ours in each:
                options[theirs] = each[ours]
        return Column(TYPES[each["type"]], *keys, **options)

    def relationship(self, model, each):
        options = {"uselist": each["many"]}
        if "back" in each: options["back_populates"] = each["back"]
        if "cascade" in each: options["cascade"] = each["cascade"]
        if "secondary" in each: options["secondary"] = each["secondary"]
        if "remote" in each: options["remote_side"] = f"{model['name']}.{each['remote']}"
        if "passiveDeletes" in each: options["passive_deletes"] = each["passiveDeletes"]
        if each["many"]: options["order_by"] = f"{each['target']}.id"
        return relationship(each["target"], **options)

    def empty(self):
        self.raw.execute("PRAGMA foreign_keys = off")
        for table in self.tables:
            self.raw.execute(f"DELETE FROM {table}")
        self.raw.execute("PRAGMA foreign_keys = on")

    def rows(self):
        return {table: sorted(([*row] for row in self.raw.execute(f"SELECT * FROM {table}")),
            key=lambda row: json.dumps(row)) for table in self.tables}

INSERT = re.compile(r"INSERT INTO (\w+) (?:\((.*?)\) VALUES|DEFAULT VALUES)", re.S)
UPDATE = re.compile(r"UPDATE (\w+) SET (.*?)(?: WHERE |$)", re.S)
DELETE = re.compile(r"DELETE FROM (\w+)")

def kind(sql):
    """What a statement does, without its form: kind, table, columns."""
    sql = sql.replace('"', "")
    match = INSERT.match(sql)
    if match:
        return f"INSERT {match[1]} {','.join(sorted(re.findall(r'[A-Za-z_]+', match[2] or '')))}"
    match = UPDATE.match(sql)
    if match:
        return f"UPDATE {match[1]} {','.join(sorted(re.findall(r'([A-Za-z_]+) ?=', match[2])))}"
    match = DELETE.match(sql)
    return f"DELETE {match[1]}" if match else None

class Skip(Exception):
    pass

class OracleSession(Session):
    """A pending object that moves from one parent to another stays pending (see differences.ts)."""
    lost = ()

    def expunge(self, instance):
        # Only the cascade of a removal comes here.
        self.lost = (*self.lost, instance)

    def settle_lost(self):
        for instance in self.lost:
            state = inspect(instance)
            if state.pending and state.mapper._is_orphan(state):
                Session.expunge(self, instance)
        self.lost = ()

class Run:
    def __init__(self, schema, program):
        self.schema = schema
        self.objects = {}   # label -> object
        self.labels = {}    # id -> label
        self.lists = {root: [] for root in schema.roots.values()}
        self.nested = []
        self.loaded = []
        self.written = set()
        self.dead = set()
        self.session = OracleSession(schema.engine, future=True, expire_on_commit=program["expire"])
        # The identity map is weak: what was loaded must not vanish by the whim of reference counts.
        event.listen(self.session, "loaded_as_persistent", lambda _session, obj: self.loaded.append(obj))

        event.listen(self.session, "pending_to_persistent", self.know_nulls)
    def know_nulls(self, _session, obj):
        """What was not set is NULL in the row: ours knows that (see differences.ts)."""
        state = inspect(obj)
        for each in self.spec_of(obj)["columns"]:
            if each["key"] not in state.dict and each["key"] not in state.expired_attributes:
                set_committed_value(obj, each["key"], None)

    # ---- labels ----

    def keep(self, obj):
        if id(obj) not in self.labels:
            root = self.schema.roots[type(obj).__name__]
            label = f"{root}{len(self.lists[root])}"
            self.labels[id(obj)] = label
            self.objects[label] = obj
            self.lists[root].append(obj)
        return obj

    def keep_loaded(self):
        found = [obj for obj in self.loaded if id(obj) not in self.labels]
        self.loaded = []
        order = {name: i for i, name in enumerate(self.lists)}
        for obj in sorted(found, key=lambda obj: (order[self.schema.roots[type(obj).__name__]],
                inspect(obj).identity or ())):
            self.keep(obj)
        for state in sorted(self.session._new, key=lambda state: state.insert_order):
            self.keep(state.obj())

    def label(self, value):
        if isinstance(value, (list, tuple)):
            return [self.label(item) for item in value]
        return self.labels.get(id(value), value) if hasattr(value, "_sa_instance_state") else value

    def ref(self, ref):
        name, number = ref
        some = self.lists[self.schema.roots[name]]
        if not some:
            raise Skip()
        return some[number % len(some)]

    def moved(self, obj):
        if type(obj).__name__ not in self.schema.numbered or inspect(obj).key is None:
            return False
        above = next(each["key"] for each in self.spec_of(obj)["relationships"] if not each["many"])
        return inspect(obj).attrs[above].history.has_changes()

    def stays(self, obj):
        return not inspect(obj).deleted and obj not in self.session.deleted

    def alive(self, ref):
        obj = self.ref(ref)
        if inspect(obj).deleted:
            raise Skip()
        return obj

    def spec_of(self, obj):
        return self.schema.specs[type(obj).__name__]

    def key_of(self, obj, number, kind):
        some = self.spec_of(obj)[kind]
        if not some:
            raise Skip()
        return some[number % len(some)]

    def values(self, name, values):
        columns = [c for c in self.schema.specs[name]["columns"]]
        found = {}
        for number, value in values:
            column = columns[number % len(columns)]
            if "fixed" not in column:
                found[column["key"]] = self.fit(column, value)
                if "pair" in column:
                    found[column["pair"]] = self.fit(column, value)
        return found

    def fit(self, column, value):
        if value is None:
            return None
        return value if column["type"] == "int" else f"v{value}"

    def relations(self, name, relations):
        found = {}
        some = self.schema.specs[name]["relationships"]
        for number, targets in relations:
            if not some:
                break
            each = some[number % len(some)]
            candidates = [it for it in self.lists[self.schema.roots[each["target"]]] if self.stays(it)]
            if not candidates:
                continue
            objects = [candidates[n % len(candidates)] for n in targets]
            found[each["key"]] = list(dict.fromkeys(objects)) if each["many"] else objects[0] if objects else None
        return found

    def make(self, name, values, relations):
        given = self.values(name, values)
        for each in self.schema.specs[name]["columns"]:
            if each.get("pk") and given.get(each["key"], 0) is None:
                del given[each["key"]]
        if name in self.schema.numbered and given.get("id") is None:
            given["id"] = 10 + len(self.lists[name])
        return self.keep(self.schema.classes[name](**given, **self.relations(name, relations)))

    # ---- operations ----

    def do(self, op):
        return getattr(self, "op_" + op[0])(*op[1:])

    def op_quiet(self, op):
        with self.session.no_autoflush:
            return self.do(op)

    def op_new(self, name, values, relations, add):
        obj = self.make(name, values, relations)
        if add:
            self.session.add(obj)
        return obj

    def op_add(self, ref):
        self.session.add(self.ref(ref))

    def op_addAll(self, refs):
        self.session.add_all([self.ref(ref) for ref in refs])

    def op_set(self, ref, number, value):
        obj = self.alive(ref)
        column = self.key_of(obj, number, "columns")
        if "fixed" in column:
            raise Skip()
        # Reading the old key of an expired object flushes: then there is nothing left that would make a difference.
        if (column.get("pk") or column["key"] == self.schema.versions.get(type(obj).__name__)) and obj in self.session:
            self.session.flush()
        if inspect(obj).deleted:
            raise Skip()
        setattr(obj, column["key"], self.fit(column, value))
        if "pair" in column:
            setattr(obj, column["pair"], self.fit(column, value))

    def op_relate(self, ref, number, how, targets):
        obj = self.alive(ref)
        if inspect(obj).detached:
            raise Skip()
        each = self.key_of(obj, number, "relationships")
        key = each["key"]
        some = self.lists[self.schema.roots[each["target"]]]
        objects = list(dict.fromkeys(some[n % len(some)] for n in targets)) if some else []
        # Giving a child to a parent takes its deletion back; of trees SQLAlchemy deletes it all the same.
        keeps = inspect(obj).persistent and type(obj).__name__ not in self.schema.numbered
        objects = [other for other in objects
            if other is not obj and not inspect(other).deleted and (keeps or self.stays(other))]
        if not each["many"]:
            setattr(obj, key, objects[0] if objects and how != "clear" else None)
        elif how == "replace":
            setattr(obj, key, objects)
        elif how == "clear":
            setattr(obj, key, [])
        elif not objects:
            raise Skip()
        elif how == "append":
            # A list that holds an object twice is nothing a database can have.
            if objects[0] not in getattr(obj, key):
                getattr(obj, key).append(objects[0])
        elif how == "insert":
            if objects[0] not in getattr(obj, key):
                getattr(obj, key).insert(0, objects[0])
        elif how == "remove":
            if objects[0] not in getattr(obj, key):
                raise Skip()
            getattr(obj, key).remove(objects[0])
        elif how == "pop":
            return getattr(obj, key).pop()

    def op_delete(self, ref):
        obj = self.alive(ref)
        if inspect(obj).detached or id(obj) in self.dead or self.moved(obj):
            raise Skip()
        # What SQLAlchemy loads for the cascade may flush a deletion of the object itself.
        list(inspect(obj).mapper.cascade_iterator("delete", inspect(obj)))
        if inspect(obj).deleted:
            raise Skip()
        self.session.delete(obj)
        self.dead.add(id(obj))

    def op_flush(self):
        self.session.flush()

    def op_commit(self):
        self.nested = []
        self.session.commit()
        self.detach_deleted()

    def op_rollback(self):
        self.nested = []
        self.session.rollback()

    def op_close(self):
        self.nested = []
        self.session.close()
        self.detach_deleted()

    def detach_deleted(self):
        """Left out by SQLAlchemy where nothing expires and at the close, though they are in no session any more."""
        InstanceState._detach_states([state for state in map(inspect, self.objects.values()) if state.deleted],
            self.session)

    def op_beginNested(self):
        self.nested.append(self.session.begin_nested())

    def op_nestedCommit(self):
        if not self.nested:
            raise Skip()
        self.nested[-1].commit()
        self.nested.pop()

    def op_nestedRollback(self):
        if not self.nested:
            raise Skip()
        self.nested.pop().rollback()

    def names(self, obj, numbers):
        spec = self.spec_of(obj)
        keys = [c["key"] for c in spec["columns"] if not c.get("pk")] + [r["key"] for r in spec["relationships"]]
        return list(dict.fromkeys(keys[n % len(keys)] for n in numbers))

    def op_expire(self, ref, numbers):
        obj = self.ref(ref)
        self.session.expire(obj, self.names(obj, numbers) or None)

    def op_expireAll(self):
        self.session.expire_all()

    def op_refresh(self, ref, numbers):
        obj = self.ref(ref)
        if obj in self.session:
            self.session.flush()
        relationships = [each["key"] for each in self.spec_of(obj)["relationships"]]
        self.session.refresh(obj, [name for name in self.names(obj, numbers) if name not in relationships] or None)

    def op_expunge(self, ref):
        Session.expunge(self.session, self.ref(ref))

    def op_expungeAll(self):
        self.session.expunge_all()
        self.detach_deleted()

    def op_merge(self, ref, load):
        return self.keep(self.session.merge(self.ref(ref), load=load))

    def op_mergeNew(self, name, values, relations):
        given = self.make(name, values, relations)
        return self.keep(self.session.merge(given))

    def op_get(self, name, identity):
        keys = [c for c in self.schema.specs[name]["columns"] if c.get("pk")]
        return self.session.get(self.schema.classes[name], identity[0] if len(keys) == 1 else tuple(identity))

    def query(self, name, filters):
        return self.session.query(self.schema.classes[name]).filter_by(**self.values(name, filters))

    def op_query(self, name, filters, descending):
        model = self.schema.classes[name]
        keys = [getattr(model, c["key"]) for c in self.schema.specs[name]["columns"] if c.get("pk")]
        query = self.query(name, filters).order_by(*[key.desc() if descending else key for key in keys])
        found = query.all()
        self.keep_loaded()
        return found

    def op_count(self, name, filters):
        return self.query(name, filters).count()

    def op_update(self, name, filters, values, how):
        changes = self.values(name, values)
        for column in self.schema.specs[name]["columns"]:
            if column.get("pk"):
                changes.pop(column["key"], None)
        if not changes:
            raise Skip()
        for column in self.schema.specs[name]["columns"]:
            if "onupdate" in column:
                changes[column["key"]] = column["onupdate"]
        return self.query(name, filters).update(changes, synchronize_session=how)

    def op_deleteRows(self, name, filters, how):
        return self.query(name, filters).delete(synchronize_session=how)

    def op_read(self, ref, number):
        obj = self.ref(ref)
        spec = self.spec_of(obj)
        keys = [c["key"] for c in spec["columns"]] + [r["key"] for r in spec["relationships"]]
        key = keys[number % len(keys)]
        if id(obj) in self.dead or any(c["key"] == key and c.get("pk") for c in spec["columns"]):
            raise Skip()
        value = getattr(obj, key)
        self.keep_loaded()
        return list(dict.fromkeys(value)) if isinstance(value, list) else value

    def op_makeTransient(self, ref):
        make_transient(self.ref(ref))

    def op_isModified(self, ref):
        obj = self.ref(ref)
        state = inspect(obj)
        if id(obj) in self.written and (state.transient or state.pending):
            raise Skip()
        return self.session.is_modified(obj)

    def op_contains(self, ref):
        return self.ref(ref) in self.session

    def op_history(self, ref, number):
        obj = self.ref(ref)
        spec = self.spec_of(obj)
        keys = [c["key"] for c in spec["columns"]] + [r["key"] for r in spec["relationships"]]
        key = keys[number % len(keys)]
        if id(obj) in self.written and inspect(obj).key is None:
            raise Skip()
        if obj.__dict__.get(key) in (None, []) or any(c["key"] == key and c.get("pk") for c in spec["columns"]):
            raise Skip()
        history = inspect(obj).attrs[key].history
        return [list(history.added or ()), list(history.unchanged or ()), list(history.deleted or ())]

    # ---- transcript ----

    def scrub(self):
        """See differences.ts."""
        for obj in self.objects.values():
            state = inspect(obj)
            if state.transient:
                for each in self.spec_of(obj)["columns"]:
                    if "fixed" in each:
                        continue
                    state.dict.pop(each["key"], None)
                    state.committed_state.pop(each["key"], None)

    def state(self, obj):
        state = inspect(obj)
        for name in ("transient", "pending", "persistent", "deleted", "detached"):
            if getattr(state, name):
                return name

    def loaded_values(self, obj):
        found = {}
        for key, value in obj.__dict__.items():
            if key[0] == "_" or value is None or value == []:
                continue
            # An object that is told twice of is in a list twice until it is loaded again.
            found[key] = self.label(list(dict.fromkeys(value)) if isinstance(value, list) else value)
        return found

    def step(self, op):
        del self.schema.statements[:]
        changes = self.raw_changes()
        record = {}
        switched = self.switched()
        try:
            record["result"] = self.do(op)
        except Skip:
            record["skipped"] = True
        except Exception as error:
            record["error"] = type(error).__name__
            record["message"] = str(error)
        self.session.settle_lost()
        if "error" in record or op[0] in ("rollback", "nestedRollback"):
            for state in switched:
                if state.detached:
                    state.key = None
        if "error" in record:
            self.scrub()
        self.keep_loaded()
        if "result" in record:
            record["result"] = self.label(record["result"])
        self.written.update(id(obj) for obj in self.objects.values() if inspect(obj).persistent)
        self.dead.update(id(obj) for obj in self.objects.values() if inspect(obj).deleted)
        session = self.session
        names = lambda some: sorted(self.labels.get(id(obj), "?") for obj in some)
        record["new"] = names(session.new)
        record["dirty"] = names(session.dirty)
        record["modified"] = names(obj for obj in session.dirty if self.has_changes(obj))
        record["deleted"] = names(session.deleted)
        record["objects"] = {label: [self.state(obj), self.loaded_values(obj)] for label, obj in self.objects.items()}
        record["sql"] = sorted({each for each in map(kind, self.schema.statements) if each})
        record["changes"] = self.raw_changes() - changes
        record["rows"] = self.schema.rows() if record["changes"] or "error" in record or op[0] in ("rollback", "nestedRollback", "close") else None
        return record

    def switched(self):
        """What the open transactions have inserted and given another key."""
        found = []
        transaction = self.session._transaction
        while transaction is not None:
            found += [state for state in transaction._key_switches if state in transaction._new]
            transaction = transaction._parent
        return found

    def has_changes(self, obj):
        attributes = inspect(obj).attrs
        return any(attributes[each["key"]].history.has_changes() for each in self.spec_of(obj)["columns"])

    def raw_changes(self):
        return self.schema.raw.execute("SELECT total_changes()").fetchone()[0]

    def close(self):
        self.session.close()
        self.schema.empty()

def main():
    schemas = {spec["name"]: Schema(spec) for spec in json.loads(sys.stdin.readline())}
    for line in sys.stdin:
        program = json.loads(line)
        run = Run(schemas[program["schema"]], program)
        transcript = [run.step(op) for op in program["ops"]]
        run.close()
        sys.stdout.write(json.dumps(transcript, default=str) + "\n")
        sys.stdout.flush()

main()
