//! What both sides must agree on and the server may know.
