//! Tests through the doors of other crates and of the binaries.

#[path = "it/faults.rs"]
mod faults;
#[path = "it/through.rs"]
mod through;
