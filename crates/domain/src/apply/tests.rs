//! Whole stories through `apply`, with every number worked out by hand.
