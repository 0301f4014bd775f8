//! Stands in for `i18n-embed-fl`, which age uses for the wording of its errors and nothing else.
//!
//! The real one makes every program that opens an age file carry Fluent, seven translations and
//! their plural rules: a quarter of what a reporter's browser had to load. We never show age's
//! errors to anybody (a failed decryption is one opaque variant), so the identifier of a message
//! is enough. age itself, its format and its checks, stays exactly what it is.

#![forbid(unsafe_code)]

/// The identifier of a message, whatever its arguments are.
#[macro_export]
macro_rules! fl {
    ($loader:expr, $identifier:literal $($arguments:tt)*) => {
        ::std::string::String::from($identifier)
    };
}
