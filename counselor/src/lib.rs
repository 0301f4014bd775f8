//! Vault, sync, cases, and the beistand program.
