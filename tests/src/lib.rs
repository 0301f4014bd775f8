//! End-to-end tests, vectors and browser tests.
