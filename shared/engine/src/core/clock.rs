//! The core's time: deadlines in wall-clock time, sleeping in real time.
//!
//! While a timer is armed the core looks at the clock every second. When much more than that has passed between two
//! looks, the process stood still (a stopped process, a suspended machine) or the clock was set ahead. Nobody was there
//! to work, so a task's time does not count it; a wait until a moment does.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use ideamine_asl::Input;

use super::{Core, Number};

/// Longest sleep while a timer is armed: the wall clock may be moved meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(1);
/// Between two looks at the clock that are meant to be [`SLEEP_MAX`] apart, milliseconds: more is time that nobody had.
const GAP_MS_MAX: i64 = 5_000;

impl Core {
    pub(super) fn patience(&mut self) -> Duration {
        let now_ms = self.look();
        let Some(Reverse((at, _))) = self.timers.peek() else {
            // Nothing is due, so nobody looks until something comes.
            self.looked_ms = None;
            return Duration::MAX;
        };
        let left = at.saturating_sub(now_ms).max(0);
        Duration::from_millis(left.unsigned_abs()).min(SLEEP_MAX)
    }

    /// Looks at the clock, and gives tasks back what was lost since the last look.
    pub(super) fn look(&mut self) -> i64 {
        let now_ms = self.now();
        let gap_ms = self.looked_ms.replace(now_ms).map_or(0, |looked_ms| now_ms - looked_ms);
        if gap_ms > GAP_MS_MAX {
            tracing::warn!(gap_ms, "time passed that nobody had; tasks under way get it back");
            for live in self.live.values_mut() {
                live.execution.lend(gap_ms);
            }
        }
        now_ms
    }

    /// The wall clock; where that was set back, the time that really passed instead.
    pub(super) fn now(&mut self) -> i64 {
        let wall_ms = self.parts.clock.now_ms();
        if wall_ms >= self.now_ms {
            self.now_ms = wall_ms;
            self.read_at = Instant::now();
        } else {
            let passed =
                Duration::from_millis(u64::try_from(self.read_at.elapsed().as_millis()).unwrap_or(0));
            self.now_ms += i64::try_from(passed.as_millis()).unwrap_or(0);
            self.read_at += passed;
        }
        self.now_ms
    }

    pub(super) fn arm(&mut self, no: Number) {
        let Some(live) = self.live.get_mut(&no) else { return };
        let Some(at) = live.execution.next_deadline_ms() else { return };
        if live.armed_ms.is_none_or(|armed| at < armed) {
            live.armed_ms = Some(at);
            self.timers.push(Reverse((at, no)));
        }
    }

    pub(super) fn fire_timers(&mut self) {
        let now_ms = self.look();
        while let Some(Reverse((at, no))) = self.timers.peek().copied().filter(|due| due.0.0 <= now_ms) {
            self.timers.pop();
            let Some(live) = self.live.get_mut(&no).filter(|live| live.armed_ms == Some(at)) else {
                continue;
            };
            live.armed_ms = None;
            if live.execution.next_deadline_ms().is_some_and(|next| next <= now_ms) {
                self.step(no, Input::Tick);
                self.settle();
            } else {
                self.arm(no);
            }
        }
    }
}
