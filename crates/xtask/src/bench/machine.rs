//! The machine that is measured on, as the kernel tells of it. What this process may use says nothing: the bench pins itself.

use std::fs;

use anyhow::Result;

/// What the machine computes with.
pub(super) struct Processors {
    /// How many cores there are.
    pub(super) count: usize,
    /// What they are called.
    pub(super) name: String,
}

impl Processors {
    /// Those of this machine.
    pub(super) fn here() -> Result<Self> {
        Ok(Self::read(&fs::read_to_string("/proc/cpuinfo")?))
    }

    fn read(cpuinfo: &str) -> Self {
        let models = cpuinfo.lines().filter_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let names: Vec<_> = models.map(|(_, name)| name).collect();
        Self { count: names.len(), name: (*names.first().unwrap_or(&"unknown processors")).to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_core_counts() {
        let two = "processor\t: 0\nmodel name\t: Some CPU\n\nprocessor\t: 1\nmodel name\t: Some CPU\n";
        let read = Processors::read(two);
        assert_eq!((read.count, &*read.name), (2, "Some CPU"));
        assert_eq!(Processors::read("").count, 0);
    }
}
