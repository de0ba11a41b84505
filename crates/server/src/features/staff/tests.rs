//! Tests of this noun through the API.
