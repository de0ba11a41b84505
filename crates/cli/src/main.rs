//! The `lazo` command.
fn main() {}
