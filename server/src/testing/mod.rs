//! For tests and fault harnesses only.
