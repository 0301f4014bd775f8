//! crypto-core for the browser: bindings only.
