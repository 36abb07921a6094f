"""Records what live Jinja2 answers to the cases of corpus/jinja-facts.json (or verifies it, with --check).

Run with a Python that has Jinja2 3.1.6: `python3 test/templating/record-facts.py [--check]`. Inputs
are kept; `expect` or `error` (class, message and line) are written anew. Contexts hold JSON, with
one-key objects for what JSON lacks: $markup, $float, $tuple. `context` and `files` may name an entry
of `shared`.
"""
import json
import pathlib
import sys

import jinja2
from markupsafe import Markup

PATH = pathlib.Path(__file__).parent / "corpus" / "jinja-facts.json"
UNDEFINED = {
    "strict": jinja2.StrictUndefined,
    "chainable": jinja2.ChainableUndefined,
    "debug": jinja2.DebugUndefined,
}


def decode(value):
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if len(value) == 1:
            (key, inner), = value.items()
            if key == "$markup":
                return Markup(inner)
            if key == "$float":
                return float(inner)
            if key == "$tuple":
                return tuple(decode(item) for item in inner)
        return {key: decode(item) for key, item in value.items()}
    return value


def record(case, shared):
    def given(key):
        value = case.get(key, {})
        return shared[value] if isinstance(value, str) else value

    options = dict(case.get("options", {}))
    if "undefined" in options:
        options["undefined"] = UNDEFINED[options["undefined"]]
    environment = jinja2.Environment(loader=jinja2.DictLoader(given("files")), **options)
    try:
        text = environment.from_string(case["source"]).render(decode(given("context")))
        return {"expect": text}
    except Exception as error:
        fact = {"type": type(error).__name__, "message": str(getattr(error, "message", None) or error)}
        if isinstance(error, jinja2.TemplateSyntaxError):
            fact["lineno"] = error.lineno
        return {"error": fact}


def main():
    facts = json.loads(PATH.read_text())
    changed = 0
    for case in facts["cases"]:
        answer = record(case, facts["shared"])
        before = {key: case.pop(key) for key in ("expect", "error") if key in case}
        changed += before != answer
        case.update(answer)
    facts["jinja2"] = jinja2.__version__
    if "--check" in sys.argv:
        print(f"{len(facts['cases'])} facts, {changed} differ")
        sys.exit(changed > 0)
    lines = ",\n".join(json.dumps(case, ensure_ascii=True) for case in facts["cases"])
    head = {key: value for key, value in facts.items() if key != "cases"}
    PATH.write_text(json.dumps(head)[:-1] + ', "cases": [\n' + lines + "\n]}\n")
    print(f"{len(facts['cases'])} facts recorded")


main()
