//! Parquet reading.
