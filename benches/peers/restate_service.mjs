// restate: a service of one handler with 26 journaled steps; listens on the loopback address only.
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:http2";
import * as restate from "@restatedev/restate-sdk";

const [port, steps, payload, logPath] = process.argv.slice(2);
const log = openSync(logPath, "a");

function step(run, number) {
  const at = process.hrtime.bigint().toString().padStart(19, "0");
  writeSync(log, `${String(run).padStart(6, "0")} ${String(number).padStart(2, "0")} ${at}\n`);
  return payload;
}

const bench = restate.service({
  name: "Bench",
  handlers: {
    run: async (ctx, run) => {
      for (let number = 0; number < Number(steps); number += 2) {
        await ctx.run("phase", () => step(run, number));
        const passed = await ctx.run("gate", () => step(run, number + 1));
        if (passed !== payload) throw new restate.TerminalError("held");
      }
      return "done";
    },
  },
});

createServer(restate.endpoint().bind(bench).http2Handler()).listen(Number(port), "127.0.0.1");
