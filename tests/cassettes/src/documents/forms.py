"""Short ways to write the parts of which the documents are made."""


def need(statement, actor, *entities):
    return {"statement": statement, "actor": actor, "entities": list(entities)}


def quantity(value, unit, about):
    return {"value": value, "unit": unit, "about": about}


def entity(name, description, *fields):
    return {"name": name, "description": description, "fields": list(fields)}


def field(name, kind, required, reason):
    """`kind` is a word, or `->name` for a reference to an entity."""
    kind = {"reference": kind[2:]} if kind.startswith("->") else kind
    return {"name": name, "kind": kind, "required": required, "reason": reason}


def question(text, why, blocking=False):
    return {"text": text, "why": why, "blocking": blocking}


def finding(severity, subject, statement, answer=None):
    made = {"severity": severity, "subject": subject, "statement": statement}
    return {**made, "answer": answer} if answer else made


def risk(statement, likelihood, impact, mitigation):
    return {"statement": statement, "likelihood": likelihood, "impact": impact, "mitigation": mitigation}


def case(given, when, then):
    return {"given": given, "when": when, "then": then}


def requirement(kind, priority, statement, serves, *acceptance):
    return {
        "kind": kind,
        "priority": priority,
        "statement": statement,
        "serves": serves,
        "acceptance": [case(*words) for words in acceptance],
    }


def line(item, amount, basis):
    return {"item": item, "amount": amount, "basis": basis}


def metric(name, target):
    return {"name": name, "target": target}
