"""Starts the emulator, with histories of executions as AWS writes them.

The emulator leaves out what a task was called with and which event came before; the dossier's step index is read from
both. Nothing else of it is changed.
"""

import contextvars
import json

from ministack.services import stepfunctions
from ministack.app import main

arguments = contextvars.ContextVar("arguments of the state at hand", default=None)
# By execution, because a child may run in its parent's context.
last_event = contextvars.ContextVar("number of the last event", default={})

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


stepfunctions._apply_jsonata_arguments = remember_arguments
stepfunctions._add_event = add_whole_event

if __name__ == "__main__":
    main()
