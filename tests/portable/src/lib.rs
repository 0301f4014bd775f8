//! What must hold in every build of the cryptography: natively, as WebAssembly, and without
//! WebAssembly. Natively, `tests/` calls it; the other two builds are loaded by
//! `tests/interop/builds.test.mjs`. The product's own module stays free of it.

pub mod frozen;
pub mod part;
pub mod primitives;
pub mod vectors;
#[cfg(target_arch = "wasm32")]
mod wasm;

/// A check by its name. It panics where it does not hold.
pub type Check = (&'static str, fn());

/// Lists checks, and makes a native test of each.
macro_rules! checks {
    ($module:ident: $($name:ident),+ $(,)?) => {
        /// Every check of the primitives we are pinned to and of our wrappers around them.
        pub const CHECKS: &[Check] = &[$((stringify!($name), $module::$name)),+];

        #[cfg(test)]
        mod natively {
            $(#[test]
            fn $name() {
                super::$module::$name();
            })+
        }
    };
}

checks! {
    primitives:
    x25519_agrees_and_refuses_every_share_without_a_secret,
    chacha20_poly1305,
    xchacha20_poly1305,
    hkdf_sha256,
    hmac_sha256,
    ed25519_as_notes_verify_it_is_strict,
    weak_ed25519_keys_verify_nothing,
    a_signature_with_a_commitment_of_small_order_is_refused,
    ml_kem_768_refuses_unreduced_keys_and_encapsulates_alike,
    ml_kem_768_keys_come_from_seeds_and_decapsulate_alike,
    the_example_keys_of_the_age_specification,
}
