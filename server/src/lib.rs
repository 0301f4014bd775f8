//! Stores sealed envelopes it cannot open.
