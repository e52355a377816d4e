//! What one run used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Everything countable about one run, in the units that AWS bills or limits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// By machine.
    pub machines: BTreeMap<String, MachineUse>,
    /// By function.
    pub calls: BTreeMap<String, CallUse>,
    /// Task tokens that were answered.
    pub callbacks: u64,
    /// Messages by queue.
    pub messages: BTreeMap<String, u64>,
    /// The table of mutable rows.
    pub records: TableUse,
    /// The table of facts, rows and heads.
    pub ledger: TableUse,
    /// The content-addressed store.
    pub objects: ObjectUse,
    /// Signed heads.
    pub signatures: u64,
    /// Paid calls.
    pub model: ModelUse,
}

/// Executions of one machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineUse {
    /// How many were started.
    pub executions: u64,
    /// States entered and retries, all together: what a Standard execution is billed by.
    pub transitions: u64,
    /// Records of GetExecutionHistory, all together.
    pub events: u64,
    /// Records of the longest one: 25,000 is the service's limit.
    pub events_max: u64,
}

/// Calls of one function.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallUse {
    /// How many.
    pub calls: u64,
    /// Time inside, all together, microseconds, on the machine that counted.
    pub busy_us: u64,
    /// Requests that they made of ports with a network behind them on AWS.
    pub port_calls: u64,
}

/// Use of a table, in request units: a consistent read counts one for each 4 KiB, a write one for each KiB,
/// a write in a transaction two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableUse {
    /// Requests that read.
    pub reads: u64,
    /// Read request units.
    pub read_units: u64,
    /// Requests that wrote.
    pub writes: u64,
    /// Write request units.
    pub write_units: u64,
    /// What was written and stays, bytes.
    pub stored_bytes: u64,
}

impl TableUse {
    /// One consistent read of so many bytes; reading nothing costs one unit too.
    pub fn read(&mut self, bytes: usize) {
        self.reads += 1;
        self.read_units += units(bytes, 4096);
    }

    /// One transaction that writes items of these sizes.
    pub fn write_set(&mut self, items: impl IntoIterator<Item = usize>) {
        self.writes += 1;
        for bytes in items {
            self.write_units += 2 * units(bytes, 1024);
            self.stored_bytes += bytes as u64;
        }
    }
}

fn units(bytes: usize, unit: usize) -> u64 {
    bytes.div_ceil(unit).max(1) as u64
}

/// Use of the content-addressed store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectUse {
    /// PUT requests.
    pub puts: u64,
    /// GET and HEAD requests.
    pub gets: u64,
    /// Bytes put.
    pub put_bytes: u64,
}

/// Paid calls of models.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelUse {
    /// How many.
    pub calls: u64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
}

impl Profile {
    /// Executions of all machines.
    pub fn executions(&self) -> u64 {
        self.machines.values().map(|machine| machine.executions).sum()
    }

    /// Billed transitions of all machines.
    pub fn transitions(&self) -> u64 {
        self.machines.values().map(|machine| machine.transitions).sum()
    }

    /// Calls of all functions.
    pub fn function_calls(&self) -> u64 {
        self.calls.values().map(|function| function.calls).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::TableUse;

    #[test]
    fn units_are_rounded_up_item_by_item() {
        let mut used = TableUse::default();
        used.read(0);
        used.read(4097);
        used.write_set([1, 1025]);
        let expected = TableUse { reads: 2, read_units: 3, writes: 1, write_units: 6, stored_bytes: 1026 };
        assert_eq!(used, expected);
    }
}
