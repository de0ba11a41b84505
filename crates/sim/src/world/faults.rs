//! Faults planted on purpose between the core and the shell.
