"""Starts the emulator, with histories of executions as AWS writes them.

The emulator leaves out what a task was called with, which event came before, and the states of a Map's iterations; the
dossier's step index is read from them, and `e2e` compares them. Nothing else of it is changed.
"""

import contextvars
import copy
import json

from ministack.services import stepfunctions
from ministack.app import main

arguments = contextvars.ContextVar("arguments of the state at hand", default=None)
# By execution, because a child may run in its parent's context.
last_event = contextvars.ContextVar("number of the last event", default={})

# What the machines' iterations consist of.
ITERATED = {"Choice", "Map", "Pass", "Task", "Wait"}

apply_arguments = stepfunctions._apply_jsonata_arguments
add_event = stepfunctions._add_event


def remember_arguments(*values, **named):
    result = apply_arguments(*values, **named)
    arguments.set(result)
    return result


def add_whole_event(execution, event_type, details=None):
    event = add_event(execution, event_type, details)
    name = execution["executionArn"]
    event["previousEventId"] = last_event.get().get(name, 0)
    last_event.set({**last_event.get(), name: event["id"]})
    if event_type == "TaskScheduled":
        event["taskScheduledEventDetails"]["parameters"] = json.dumps(arguments.get())
    return event


def run_iteration(states, start, value, execution, context):
    """An iteration of a Map as the emulator runs it, with the events that AWS writes."""
    place = {"name": context["State"]["Name"], "index": context["Map"]["Item"]["Index"]}
    stepfunctions._add_event(execution, "MapIterationStarted", {"mapIterationStartedEventDetails": place})
    try:
        value = run_states(states, start, copy.deepcopy(value), execution, context)
    except Exception:
        stepfunctions._add_event(execution, "MapIterationFailed", {"mapIterationFailedEventDetails": place})
        raise
    stepfunctions._add_event(execution, "MapIterationSucceeded", {"mapIterationSucceededEventDetails": place})
    return value


def run_states(states, name, value, execution, context):
    while name:
        state = states[name]
        kind = state["Type"]
        if kind not in ITERATED:
            raise stepfunctions._ExecutionError("States.Runtime", f"{name}: no {kind} state in a Map, as far as this emulator goes")
        context["State"] = {"Name": name, "EnteredTime": stepfunctions.now_iso(), "RetryCount": 0}
        entered = {"name": name, "input": json.dumps(value)}
        stepfunctions._add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        run = getattr(stepfunctions, f"_execute_{kind.lower()}")
        value, following = run(state, value, execution, context) if kind in ("Task", "Map") else run(state, value, context)
        exited = {"name": name, "output": json.dumps(value)}
        stepfunctions._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
        name = following
    return value


stepfunctions._apply_jsonata_arguments = remember_arguments
stepfunctions._add_event = add_whole_event
stepfunctions._run_sub_machine = run_iteration

if __name__ == "__main__":
    main()
