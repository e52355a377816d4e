"""LangGraph: a graph of two nodes and a conditional edge on the SQLite checkpointer, durability `sync`."""

import asyncio
import sys
from typing import TypedDict

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph

from common import PAYLOAD, STEPS, StepLog, work


class State(TypedDict):
    run: int
    step: int
    pad: str


def build(saver, log):
    async def step(state):
        log.begin(state["run"], state["step"])
        return {"step": state["step"] + 1, "pad": PAYLOAD}

    def judge(state):
        return END if state["step"] >= STEPS else "phase"

    graph = StateGraph(State)
    graph.add_node("phase", step)
    graph.add_node("gate", step)
    graph.add_edge(START, "phase")
    graph.add_edge("phase", "gate")
    graph.add_conditional_edges("gate", judge, ["phase", END])
    return graph.compile(checkpointer=saver)


async def main(folder):
    log = StepLog(f"{folder}/steps.log")
    async with AsyncSqliteSaver.from_conn_string(f"{folder}/data/checkpoints.sqlite") as saver:
        await saver.setup()
        graph = build(saver, log)

        def config(run):
            return {"configurable": {"thread_id": f"run-{run}"}, "recursion_limit": 2 * STEPS}

        async def drive(runs, concurrency, seconds, one):
            clock, runs = asyncio.get_running_loop().time, iter(runs)
            until = clock() + seconds

            async def driver():
                for run in runs:
                    await one(run)
                    if clock() > until:
                        return

            await asyncio.gather(*(driver() for _ in range(concurrency)))

        async def begin(run):
            value = {"run": run, "step": 0, "pad": PAYLOAD}
            await graph.ainvoke(value, config(run), durability="sync")

        async def go_on(run):
            # The library has no recovery scan: the application looks for threads that did not end.
            # Not by `next`: it leaves out a step whose writes were kept but whose checkpoint was not.
            state = await graph.aget_state(config(run))
            if not state.values and not state.tasks:
                await begin(run)
            elif state.tasks:
                await graph.ainvoke(None, config(run), durability="sync")

        async def pragmas():
            values = []
            for name in ("journal_mode", "synchronous"):
                async with saver.conn.execute(f"PRAGMA {name}") as cursor:
                    values.append((await cursor.fetchone())[0])
            return f"journal_mode={values[0]}, synchronous={values[1]}"

        loop = asyncio.get_running_loop()

        def call(coroutine):
            return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

        commands = {
            "load": lambda first, runs, concurrency, seconds: call(
                drive(range(first, first + runs), concurrency, seconds, begin)
            ),
            "resume": lambda runs: call(drive(range(runs), runs, 1e9, go_on)),
            "durability": lambda: call(pragmas()),
        }
        await asyncio.to_thread(work, commands)


asyncio.run(main(sys.argv[1]))
