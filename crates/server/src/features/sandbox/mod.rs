//! Sandboxes: a test clock that moves forward, and what time then does.
