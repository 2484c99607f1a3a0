"""The policy as a page for people: one table for each kind of thing."""

import re
from collections.abc import Iterable
from itertools import groupby

from tests.policy.terms import Outcome, Role, Rule, Thing

HEAD = """# Who may do what

Made from `tests/policy/policy.py` by `python -m tests.policy`: change that file, never this one. Every line is tried on
the real site, for each role and in each state; an address of the API without a line fails the tests.

- **yes** is 2xx. **409** is a refusal with a reason and the state as it is. **401**: sign in first.
- **404** is what an id that does not exist answers, byte for byte: who has no business with a thing cannot tell that it
  is there. **–** in a list: the thing is not in it.
- A method that is not named answers 405, HEAD as GET. A token also needs the scope named here, or it is answered 403
  (`scope_missing`); who is signed in on the site needs none.
- "nobody" did not sign in. A "stranger" is anybody else who did.
"""
SHORT = {Outcome.LEFT_OUT: "–", Outcome.SHOWN: "listed"}


def page(rules: Iterable[Rule]) -> str:
    """All of it, as Markdown."""
    return HEAD + "".join(
        _section(thing, list(its_rules)) for thing, its_rules in groupby(rules, key=lambda rule: rule.thing)
    )


def _section(thing: Thing, rules: list[Rule]) -> str:
    title = "No one thing" if len(thing.states) == 1 and thing.name == "site" else thing.name.capitalize()
    roles = [role for role in thing.roles if role != Role.NOBODY or any(rule.public for rule in rules)]
    states = f"States: {', '.join(thing.states)}.\n\n" if len(thing.states) > 1 else ""
    lines = [
        f"\n## {title}\n\n{states}",
        _line("", "address", "scope", *roles),
        _line(*["---"] * (len(roles) + 3)),
        *(_line(rule.method, _address(rule), _scope(rule), *(_cell(rule, role) for role in roles)) for rule in rules),
    ]
    return "".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _address(rule: Rule) -> str:
    short = re.sub(r"<\w+:(\w+)>", r"{\1}", rule.route.removeprefix("v1/"))
    return f"`{short}`" + (f" with its `{rule.about}`" if rule.about else "")


def _scope(rule: Rule) -> str:
    return " or ".join(rule.scope)


def _cell(rule: Rule, role: Role) -> str:
    """One word where all states are answered alike; else the states of each answer, the usual answer last."""
    by_outcome: dict[Outcome, list[str]] = {}
    for state in rule.thing.states:
        by_outcome.setdefault(rule.outcome(role, state), []).append(state)
    if len(by_outcome) == 1:
        return _word(*by_outcome)
    *some, (usual, _states) = sorted(by_outcome.items(), key=lambda item: len(item[1]))
    return "; ".join([f"{_word(outcome)}: {', '.join(states)}" for outcome, states in some] + [f"else {_word(usual)}"])


def _word(outcome: Outcome) -> str:
    return SHORT.get(outcome, outcome)
