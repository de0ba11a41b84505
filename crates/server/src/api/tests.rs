//! The API through its public door.
