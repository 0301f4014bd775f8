//! Headers that every answer has.

use actix_web::middleware::DefaultHeaders;

/// Nothing but what the server itself serves, its Workers, one Trusted Types policy; and pictures
/// that a reporter chose, as the page shows them back.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; \
    font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types beistand";

const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
    geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// All of them.
pub const ALL: [(&str, &str); 10] = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Permissions-Policy", PERMISSIONS_POLICY),
    // For browsers that do not know `frame-ancestors`.
    ("X-Frame-Options", "DENY"),
    // Counts only where it comes through TLS.
    ("Strict-Transport-Security", "max-age=63072000"),
    // Nothing of a visit stays in a browser's cache.
    ("Cache-Control", "no-store"),
];

/// The middleware that adds them.
pub fn on_everything() -> DefaultHeaders {
    ALL.into_iter()
        .fold(DefaultHeaders::new(), |headers, header| headers.add(header))
}
