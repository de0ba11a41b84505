//! The command `lazo match`: files in, links out.

pub mod mapping;
pub mod read;
pub mod run;

pub use run::{MatchArgs, run};
